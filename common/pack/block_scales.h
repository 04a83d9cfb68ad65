/* What the K formats make of a batch: for each block of 256 elements the scales of its groups as
 * small numbers, and codes made anew with these. */
#ifndef PACK_BLOCK_SCALES_H
#define PACK_BLOCK_SCALES_H

#include "pack/code_bits.h"
#include "pack/weighted_scales.h"
#include "tensor/kquants.h"

enum { BLOCK = 256 };

/* Scales and minima of the groups of a block, from the search. */
struct block_ranges {
    const float *scale, *min;
    const float *w; /* each group's weight, or NULL */
    size_t groups;
    float top; /* the largest code of a scale */
};

struct block_codes {
    uint8_t scale[16], min[16];
    float d, m; /* rounded to F16; what these codes are multiplied by */
    uint16_t d_bits, m_bits;
};

/* The largest value gets the code top. Returns the value of a code 1. */
static inline float share(const float *x, size_t groups, float top, uint8_t *codes)
{
    float most = 0, inverse;

    for (size_t g = 0; g < groups; g++) most = x[g] > most ? x[g] : most;
    inverse = most > 0 ? top / most : 0;
    for (size_t g = 0; g < groups; g++) {
        const uint8_t code = (uint8_t)nearest_of(inverse * x[g]);

        codes[g] = code < (uint8_t)top ? code : (uint8_t)top;
    }
    return most / top;
}

static inline void share_ranges(const struct block_ranges *of, struct block_codes *to)
{
    float d, m;

    if (of->w) {
        const struct scales scales = {of->scale, of->w, of->groups, (int)of->top};
        const struct scales mins = {of->min, of->w, of->groups, (int)of->top};

        d = scales_pack(&scales, to->scale);
        m = scales_pack(&mins, to->min);
    } else {
        d = share(of->scale, of->groups, of->top, to->scale);
        m = share(of->min, of->groups, of->top, to->min);
    }
    to->d_bits = half_of_float(d), to->m_bits = half_of_float(m);
    to->d = float_of_half(to->d_bits), to->m = float_of_half(to->m_bits);
}

/* Codes from 0 on for (x + add) / scale between low and high. */
static inline void code_group(const float *restrict x, size_t n, float add, float scale, int low,
                              int high, uint8_t *restrict codes)
{
    for (size_t i = 0; i < n; i++) {
        int code = nearest_of((x[i] + add) / scale);

        code = code < high ? code : high;
        code = code > low ? code : low;
        codes[i] = (uint8_t)(code - low);
    }
}

/* The value of largest size, the first where there are several. */
static inline float widest(const float *x, size_t n)
{
    float widest = 0;

    for (size_t i = 0; i < n; i++) widest = fabsf(x[i]) > fabsf(widest) ? x[i] : widest;
    return widest;
}

#endif
