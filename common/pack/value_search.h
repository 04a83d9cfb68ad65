/* IQ4_NL and IQ4_XS: codes stand for the values of iq4_values, which are closer together near 0. */
#ifndef PACK_VALUE_SEARCH_H
#define PACK_VALUE_SEARCH_H

#include "pack/scale_search.h"
#include "tensor/blocks.h"

/* The value nearest to v: the lower one below the middle of two, the last one for no number. Halves
 * and the distances to them are exact here, so that a comparison with the middle says the same. */
static inline floats value_near(floats v)
{
    floats value = each((float)iq4_values[0]);

    for (size_t k = 1; k < 16; k++) {
        const float step = (float)(iq4_values[k] - iq4_values[k - 1]);
        const whole below = v < (float)(iq4_values[k] + iq4_values[k - 1]) / 2;

        value += (floats)(~below & (whole)each(step));
    }
    return value;
}

static inline void value_sum(const struct batch *b, size_t c, floats inverse, floats *lx,
                             floats *ll)
{
    floats product = {0}, square = {0};

    for (size_t i = 0; i < 32; i++) {
        const floats x = take(b->x[i] + c), w = take(b->w[i] + c);
        const floats value = value_near(inverse * x), weighted = w * value;

        product += weighted * x;
        square += weighted * value;
    }
    *lx = product, *ll = square;
}

/* As scale_lanes, without codes: these are made with the scale that is stored. */
static inline void value_lanes(struct batch *b, size_t c)
{
    const floats none = {0}, most = largest(b, c, 32);
    floats scale = most / 127.0F, inverse = 1.0F / scale, best, lx, ll;

    value_sum(b, c, inverse, &lx, &ll);
    scale = pick(ll > none, lx / ll, none);
    best = scale * lx;
    for (int k = -7; k <= 7; k++) {
        whole better;

        value_sum(b, c, (float)(k - 127) / most, &lx, &ll);
        better = (ll > none) & (lx * lx > best * ll);
        scale = pick(better, lx / ll, scale);
        best = pick(better, scale * lx, best);
    }
    put(b->scale + c, pick(size_of(most) < EPSILON, none, scale));
}

/* Codes of 32 elements with a scale, in 16 bytes. */
static inline void value_codes(const float *x, float scale, unsigned char *out)
{
    const float inverse = scale != 0 ? 1 / scale : 0;
    uint8_t codes[32] = {0};

    for (size_t k = 1; k < 16; k++) {
        const float middle = (float)(iq4_values[k] + iq4_values[k - 1]) / 2;

        for (size_t i = 0; i < 32; i++) codes[i] = (uint8_t)(codes[i] + !(inverse * x[i] < middle));
    }
    store_fours(codes, 16, out);
}

/* Groups of so many blocks into a batch, and their scales. */
static inline void value_search(struct batch *b, const float *x, const float *importance,
                                size_t groups, size_t block)
{
    float variance[LANES] = {0};

    batch_load(b, x, 32, groups);
    for (size_t g = 0; importance && g < groups; g++)
        variance[g] = 32 * g % block ? variance[g - 1]
                                     : sum_of_squares(x + 32 * g, block) * (2 / (float)block);
    if (importance)
        weigh_important(b, importance, 32, groups, variance);
    else
        weigh_squares(b, 32);
    for (size_t c = 0; c < LANES; c += WIDTH) value_lanes(b, c);
}

#endif
