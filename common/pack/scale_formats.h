/* Blocks of Q3_K. */
#ifndef PACK_SCALE_FORMATS_H
#define PACK_SCALE_FORMATS_H

#include "pack/scale_blocks.h"

/* The same with importance: by the search that found the scales themselves. */
static inline float scales_q3_k_weighted(const struct batch *b, int8_t *scales)
{
    struct batch block = {.x = {{0}}};
    float sums[LANES];

    batch_weights(b, 16, sums);
    for (size_t g = 0; g < 16; g++) {
        block.x[g][0] = b->scale[g];
        block.w[g][0] = sums[g];
    }
    scale_search(&block, 16, 32);
    for (size_t g = 0; g < 16; g++) scales[g] = (int8_t)((int)block.l[g][0] - 32);
    return block.scale[0];
}

/* Six bits each, in three parts. */
static inline void store_q3_scales(const int8_t *scales, unsigned char *at)
{
    memset(at, 0, 12);
    for (size_t g = 0; g < 16; g++) {
        const int code = scales[g] + 32;

        at[g % 8] = (unsigned char)(at[g % 8] | (code & 15) << g / 8 * 4);
        at[8 + g % 4] = (unsigned char)(at[8 + g % 4] | code >> 4 << g / 4 * 2);
    }
}

static inline void pack_q3_k(const float *x, const float *importance, unsigned char *out)
{
    struct batch b;
    uint8_t codes[BLOCK];
    int8_t scales[16];
    float d;

    batch_load(&b, x, 16, LANES);
    if (importance) {
        float variance[LANES];

        variance[0] = 2 * sum_of_squares(x, BLOCK) / BLOCK;
        for (size_t g = 1; g < LANES; g++) variance[g] = variance[0];
        weigh_important(&b, importance, 16, LANES, variance);
        scale_search(&b, 16, 4);
        d = scales_q3_k_weighted(&b, scales);
    } else {
        weigh_squares(&b, 16);
        step_search(&b, 16);
        d = scales_q3_k(&b, scales);
    }
    store_u16(out + 108, half_of_float(d));
    store_q3_scales(scales, out + 96);
    recode(&b, x, float_of_half(load_u16(out + 108)), scales, 4, codes);
    store_planes(codes, 2, out);
    store_twos(codes, 0, out + 32);
}

#endif
