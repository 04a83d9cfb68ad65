/* The searches for a scale alone: x is near scale code, codes from -half to half - 1. A batch's
 * codes are from 0 on: half more, but 0 in a group of zeros. */
#ifndef PACK_SCALE_SEARCH_H
#define PACK_SCALE_SEARCH_H

#include "pack/batch.h"

/* The element of largest size, the first where there are several. */
static inline floats largest(const struct batch *b, size_t c, size_t n)
{
    floats most = {0}, size = {0};

    for (size_t i = 0; i < n; i++) {
        const floats x = take(b->x[i] + c);

        most = pick(size_of(x) > size, x, most);
        size = larger(size_of(x), size);
    }
    return most;
}

/* Sums of weighted x code and code^2. */
static inline void scale_sum(const struct batch *b, size_t c, size_t n, floats inverse, float half,
                             floats *lx, floats *ll)
{
    floats product = {0}, square = {0};

    for (size_t i = 0; i < n; i++) {
        const floats x = take(b->x[i] + c), w = take(b->w[i] + c);
        const floats code = nearest(inverse * x, -half, half - 1);

        product += w * x * code;
        square += w * code * code;
    }
    *lx = product, *ll = square;
}

/* The scale of least squares for codes that reach from the largest element a little less and a
 * little further: the one with the least error. */
static inline void scale_lanes(struct batch *b, size_t c, size_t n, float half)
{
    const floats none = {0}, most = largest(b, c, n);
    const whole zeros = size_of(most) < EPSILON;
    floats inverse = -half / most, scale, best, lx, ll;

    scale_sum(b, c, n, inverse, half, &lx, &ll);
    scale = pick(ll != none, lx / ll, none);
    best = scale * lx;
    for (int k = -9; k <= 9; k++) {
        const floats other = -(half + 0.1F * (float)k) / most;
        whole better;

        if (k == 0) continue;
        scale_sum(b, c, n, other, half, &lx, &ll);
        better = (ll > none) & (lx * lx > best * ll);
        scale = pick(better, lx / ll, scale);
        best = pick(better, scale * lx, best);
        inverse = pick(better, other, inverse);
    }
    for (size_t i = 0; i < n; i++) {
        const floats code = nearest(inverse * take(b->x[i] + c), -half, half - 1) + half;

        put(b->l[i] + c, pick(zeros, none, code));
    }
    put(b->scale + c, pick(zeros, none, scale));
}

static inline void scale_search(struct batch *b, size_t n, float half)
{
    for (size_t c = 0; c < LANES; c += WIDTH) scale_lanes(b, c, n, half);
}

#endif
