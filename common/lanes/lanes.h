/* What is done to rows of numbers, as wide as this CPU does it: one table of functions, picked
 * once.
 *
 * A result depends on the row's own elements alone, sums are taken in an order that is fixed by n.
 * Rows may stand at any address and have any length. Tables of different CPUs may differ in the
 * last bits. */
#ifndef LANES_LANES_H
#define LANES_LANES_H

#include <stddef.h>
#include <stdint.h>

struct lanes_drop {
    uint64_t key;   /* well mixed */
    uint32_t first; /* column of x and y */
    uint32_t limit;
    float s;
};

/* Sums over a row, d = x - shift and e = exp(d). */
struct lanes_moments {
    float x, e, ed, ee;
};

struct lanes {
    const char *name;

    float (*dot)(const float *x, const float *y, size_t n);
    float (*sum)(const float *x, size_t n);
    float (*max)(const float *x, size_t n);                          /* -INFINITY of none */
    void (*add)(const float *x, float *y, size_t n);                 /* y += x */
    void (*add_scaled)(float s, const float *x, float *y, size_t n); /* y += s x */
    void (*scale)(float s, float *x, size_t n);                      /* x *= s */
    void (*weigh)(float s, const float *x, const float *w, float *y, size_t n); /* y = s x w */

    /* x = exp(x - shift), and their sum; within 2 units of the last place, 0 below -87. */
    float (*exp_sum)(float *x, float shift, size_t n);

    /* moments->e is what exp_sum returns, bit for bit. */
    void (*exp_moments)(const float *x, float shift, size_t n, struct lanes_moments *moments);

    /* z = silu(p) u, and with dz: dp += ..., du += ... */
    void (*silu_mul)(const float *p, const float *u, float *z, size_t n);
    void (*silu_mul_backward)(const float *p, const float *u, const float *dz, float *dp, float *du,
                              size_t n);

    /* (lo, hi) turned by the angles whose cosines and sines are given. */
    void (*turn)(float *lo, float *hi, const float *cosine, const float *sine, size_t n);

    void (*to_bf16)(const float *x, uint16_t *y, size_t n); /* to nearest even; NaN stays NaN */
    void (*from_bf16)(const uint16_t *x, float *y, size_t n);

    /* y_j = 0 where the number of 32 bits that is drawn for column first + j with this key is below
     * the limit, else s x_j. What is drawn is the same in each table. */
    void (*drop)(const struct lanes_drop *drop, const float *x, float *y, size_t n);
};

const struct lanes *lanes_get(void); /* for cpu_level() */

#endif
