/* The functions of lanes.h that take a row element by element; see lanes_sums.h. */
#ifndef LANES_LANES_ROWS_H
#define LANES_LANES_ROWS_H

#include "lanes/lanes_sums.h"

static void add(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i += WIDTH)
        put(y + i, take(x + i, n - i) + take(y + i, n - i), n - i);
}

static void add_scaled(float s, const float *x, float *y, size_t n)
{
    const floats factor = each(s);

    for (size_t i = 0; i < n; i += WIDTH)
        put(y + i, fused(factor, take(x + i, n - i), take(y + i, n - i)), n - i);
}

static void scale(float s, float *x, size_t n)
{
    const floats factor = each(s);

    for (size_t i = 0; i < n; i += WIDTH) put(x + i, factor * take(x + i, n - i), n - i);
}

static void weigh(float s, const float *x, const float *w, float *y, size_t n)
{
    const floats factor = each(s);

    for (size_t i = 0; i < n; i += WIDTH)
        put(y + i, factor * take(x + i, n - i) * take(w + i, n - i), n - i);
}

static void turn(float *lo, float *hi, const float *cosine, const float *sine, size_t n)
{
    for (size_t i = 0; i < n; i += WIDTH) {
        const floats a = take(lo + i, n - i), b = take(hi + i, n - i);
        const floats c = take(cosine + i, n - i), s = take(sine + i, n - i);

        put(lo + i, fused(a, c, -(b * s)), n - i);
        put(hi + i, fused(a, s, b * c), n - i);
    }
}

/* Without branches, so that compilers make vectors of it. What is cut off is rounded by adding just
 * less than half, or half where the last bit that stays is odd; a NaN is made a quiet one. */
static void to_bf16(const float *x, uint16_t *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits, nan;

        memcpy(&bits, x + i, 4);
        nan = (bits & 0x7fffffff) > 0x7f800000 ? UINT32_MAX : 0;
        y[i] = (uint16_t)((nan & (bits | 0x400000)) >> 16 |
                          (~nan & (bits + 0x7fff + (bits >> 16 & 1))) >> 16);
    }
}

static void from_bf16(const uint16_t *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t bits = (uint32_t)x[i] << 16;
        float value;

        memcpy(&value, &bits, 4);
        y[i] = value;
    }
}

#endif
