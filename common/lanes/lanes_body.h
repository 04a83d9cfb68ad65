/* All of a table for one CPU: exp and what is made with it, upon lanes_sums.h and lanes_rows.h. */
#ifndef LANES_LANES_BODY_H
#define LANES_LANES_BODY_H

#include "lanes/lanes.h"
#include "lanes/lanes_drop.h"
#include "lanes/lanes_rows.h"

/* exp(x) = 2^n exp(r), n whole and |r| <= ln 2 / 2; 0 below -87, infinity from 88.4 on.
 *
 * Adding 1.5 2^23 leaves n in the sum's last bits, rounded. The first part of ln 2 has so few bits
 * that its product with n is exact; the second is the rest. exp(r) = 1 + r + r^2 P(r), where P is
 * off by no more than 5e-9 of exp(r). */
static inline floats exponential(floats x)
{
    const floats magic = each(12582912), high = smaller(each(89), x);
    const floats shifted = fused(high, each(1.44269504F), magic), n = shifted - magic;
    const floats r = fused(n, each(0x1.bd0106p-13F), fused(n, each(-0.693359375F), high));
    floats p = each(0x1.6a234ap-10F);

    p = fused(p, r, each(0x1.123a6cp-7F));
    p = fused(p, r, each(0x1.5558f4p-5F));
    p = fused(p, r, each(0x1.555490p-3F));
    p = fused(p, r, each(0x1.fffffcp-2F));
    p = fused(p, r * r, r) + 1.0F;
    p *= (floats)(((words)shifted << 23) + 0x3f800000U);
    return (floats)((words)p & ~(words)(x < -87.0F));
}

static float exp_sum(float *x, float shift, size_t n)
{
    const floats shifts = each(shift);
    floats sums = {0};
    size_t i = 0;

    for (; i + WIDTH <= n; i += WIDTH) {
        const floats e = exponential(take(x + i, WIDTH) - shifts);

        put(x + i, e, WIDTH);
        sums += e;
    }
    if (i < n) {
        put(x + i, exponential(take(x + i, n - i) - shifts), n - i);
        sums += take(x + i, n - i);
    }
    return total(sums);
}

/* Where e is 0, d may be as small as it likes. */
static void exp_moments(const float *x, float shift, size_t n, struct lanes_moments *moments)
{
    const floats shifts = each(shift);
    floats xs = {0}, es = {0}, eds = {0}, ees = {0};
    float part[WIDTH];

    for (size_t i = 0; i < n; i += WIDTH) {
        const floats v = take(x + i, n - i), d = v - shifts;
        floats e = exponential(d);

        if (n - i < WIDTH) {
            put(part, e, n - i);
            e = take(part, n - i);
        }
        xs += v;
        es += e;
        eds = fused(e, larger(d, each(-88)), eds);
        ees = fused(e, e, ees);
    }
    *moments = (struct lanes_moments){total(xs), total(es), total(eds), total(ees)};
}

static void silu_mul(const float *p, const float *u, float *z, size_t n)
{
    for (size_t i = 0; i < n; i += WIDTH) {
        const floats v = take(p + i, n - i);

        put(z + i, v / (1.0F + exponential(-v)) * take(u + i, n - i), n - i);
    }
}

static void silu_mul_backward(const float *p, const float *u, const float *dz, float *dp, float *du,
                              size_t n)
{
    for (size_t i = 0; i < n; i += WIDTH) {
        const floats v = take(p + i, n - i), s = 1.0F / (1.0F + exponential(-v));
        const floats g = take(dz + i, n - i) * s, slope = fused(v, 1.0F - s, each(1));

        put(du + i, fused(g, v, take(du + i, n - i)), n - i);
        put(dp + i, fused(g * take(u + i, n - i), slope, take(dp + i, n - i)), n - i);
    }
}

/* The table of that name, which the including file defines once. */
#define LANES_TABLE(word)                                                                          \
    {                                                                                              \
        word, dot, sum, max, add, add_scaled, scale, weigh, exp_sum, exp_moments, silu_mul,        \
            silu_mul_backward, turn, to_bf16, from_bf16, drop                                      \
    }

#endif
