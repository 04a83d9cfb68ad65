/* The search for a scale and a minimum: x is near scale code - min, codes from 0 to top, min >= 0.
 *
 * First the codes reach from the least to the largest element; then codes for ranges that are a
 * little wider or narrower, each with the scale and minimum of least squares. What has the least
 * weighted error is kept, and its minimum is the beginning of the ranges that follow. */
#ifndef PACK_RANGE_H
#define PACK_RANGE_H

#include "pack/batch.h"

struct range_search {
    float top;
    float first, step; /* by how much the range differs from top steps */
    int steps;         /* the last one */
    bool absolute;     /* the error is |x - y|, not its square */
};

struct range_sums {
    floats w, x;      /* of weights; of weighted elements */
    floats l, ll, lx; /* of weighted codes, their squares, and times elements */
};

/* Codes for elements from low on, inverse to an element, and the sums over them. */
static inline void range_sum(const struct batch *b, size_t c, size_t n, floats low, floats inverse,
                             float top, struct range_sums *sums, floats *codes)
{
    floats l = {0}, ll = {0}, lx = {0};

    for (size_t i = 0; i < n; i++) {
        const floats x = take(b->x[i] + c), code = nearest(inverse * (x - low), 0, top);
        const floats wl = take(b->w[i] + c) * code;

        codes[i] = code;
        l += wl;
        ll += wl * code;
        lx += wl * x;
    }
    sums->l = l, sums->ll = ll, sums->lx = lx;
}

static inline floats range_error(const struct batch *b, size_t c, size_t n, floats scale,
                                 floats low, bool absolute, const floats *codes)
{
    floats error = {0};

    for (size_t i = 0; i < n; i++) {
        const floats off = scale * codes[i] + low - take(b->x[i] + c);

        error += take(b->w[i] + c) * (absolute ? size_of(off) : off * off);
    }
    return error;
}

struct range {
    floats scale, low;    /* the best so far */
    floats inverse, from; /* what its codes are made with */
    floats error;
};

static inline void range_step(const struct batch *b, size_t c, size_t n, float wide, floats high,
                              const struct range_search *how, struct range_sums *sums,
                              struct range *best)
{
    floats codes[LONGEST], scale, low, error, divisor, none = {0};
    const floats inverse = wide / (high - best->low);
    whole better;

    range_sum(b, c, n, best->low, inverse, how->top, sums, codes);
    divisor = sums->w * sums->ll - sums->l * sums->l;
    scale = (sums->w * sums->lx - sums->x * sums->l) / divisor;
    low = (sums->ll * sums->x - sums->l * sums->lx) / divisor;
    scale = pick(low > none, sums->lx / sums->ll, scale);
    low = pick(low > none, none, low);
    error = range_error(b, c, n, scale, low, how->absolute, codes);
    better = (divisor > none) & (error < best->error);
    best->inverse = pick(better, inverse, best->inverse);
    best->from = pick(better, best->low, best->from);
    best->scale = pick(better, scale, best->scale);
    best->low = pick(better, low, best->low);
    best->error = pick(better, error, best->error);
}

#endif
