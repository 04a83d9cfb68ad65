/* The search of range.h over a batch. */
#ifndef PACK_RANGE_SEARCH_H
#define PACK_RANGE_SEARCH_H

#include "pack/range.h"

/* The least and the largest element, and the sums that do not depend on codes. */
static inline floats range_begin(const struct batch *b, size_t c, size_t n, struct range_sums *sums,
                                 floats *least)
{
    floats x = take(b->x[0] + c), w = take(b->w[0] + c), low = x, high = x;

    sums->w = w;
    sums->x = w * x;
    for (size_t i = 1; i < n; i++) {
        x = take(b->x[i] + c), w = take(b->w[i] + c);
        low = smaller(x, low);
        high = larger(x, high);
        sums->w += w;
        sums->x += w * x;
    }
    *least = smaller((floats){0}, low);
    return high;
}

static inline void range_lanes(struct batch *b, size_t c, size_t n, const struct range_search *how)
{
    struct range_sums sums;
    struct range best;
    floats codes[LONGEST], low, none = {0};
    const floats high = range_begin(b, c, n, &sums, &low);
    const whole flat = high <= low;

    best.low = best.from = low;
    best.inverse = how->top / (high - low);
    best.scale = 1.0F / best.inverse;
    range_sum(b, c, n, low, best.inverse, how->top, &sums, codes);
    best.error = range_error(b, c, n, best.scale, low, how->absolute, codes);
    for (int k = 0; k <= how->steps; k++)
        range_step(b, c, n, how->first + how->step * (float)k + how->top, high, how, &sums, &best);
    range_sum(b, c, n, best.from, best.inverse, how->top, &sums, codes);
    for (size_t i = 0; i < n; i++) put(b->l[i] + c, pick(flat, none, codes[i]));
    put(b->scale + c, pick(flat, none, best.scale));
    put(b->min + c, -pick(flat, low, best.low));
}

static inline void range_search(struct batch *b, size_t n, const struct range_search *how)
{
    for (size_t c = 0; c < LANES; c += WIDTH) range_lanes(b, c, n, how);
}

#endif
