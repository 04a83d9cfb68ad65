/* The searches that change one code after the other while the error shrinks: of elements weighted
 * by their squares, with codes from -4 to 3, and of a block's scales, which are not negative. */
#ifndef PACK_STEP_SEARCH_H
#define PACK_STEP_SEARCH_H

#include "pack/scale_search.h"

enum { SWEEPS = 5 };

/* One code: lx and ll are the sums of scale_sum. True in the lanes where it changed. */
static inline whole step_one(floats x, floats *code, floats *lx, floats *ll)
{
    const floats none = {0}, w = x * x;
    const floats lx_rest = *lx - w * x * *code, ll_rest = *ll - w * *code * *code;
    const floats other = nearest(x * ll_rest / lx_rest, -4, 3);
    const floats lx_new = lx_rest + w * x * other, ll_new = ll_rest + w * other * other;
    const whole better = (lx_rest > none) & (other != *code) & (ll_new > none) &
                         (lx_new * lx_new * *ll > *lx * *lx * ll_new);

    *code = pick(better, other, *code);
    *lx = pick(better, lx_new, *lx);
    *ll = pick(better, ll_new, *ll);
    return better;
}

/* A lane that a sweep left as it was stays so in the next one. */
static inline void step_lanes(struct batch *b, size_t c, size_t n)
{
    const floats none = {0}, most = largest(b, c, n), inverse = -4.0F / most;
    const whole zeros = size_of(most) < EPSILON;
    floats codes[LONGEST], lx, ll;

    scale_sum(b, c, n, inverse, 4, &lx, &ll);
    for (size_t i = 0; i < n; i++) codes[i] = nearest(inverse * take(b->x[i] + c), -4, 3);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        whole changed = {0};

        for (size_t i = 0; i < n; i++) changed |= step_one(take(b->x[i] + c), &codes[i], &lx, &ll);
        if (!any(changed & ~zeros)) break;
    }
    for (size_t i = 0; i < n; i++) put(b->l[i] + c, pick(zeros, none, codes[i] + 4.0F));
    put(b->scale + c, pick(~zeros & (ll > none), lx / ll, none));
}

static inline void step_search(struct batch *b, size_t n)
{
    for (size_t c = 0; c < LANES; c += WIDTH) step_lanes(b, c, n);
}

#endif
