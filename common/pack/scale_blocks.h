/* Q3_K and Q6_K: 16 groups of 16 elements with a scale each. A batch is a block. */
#ifndef PACK_SCALE_BLOCKS_H
#define PACK_SCALE_BLOCKS_H

#include "pack/batch.h"
#include "pack/block_scales.h"
#include "pack/step_search.h"

/* The codes of a block made anew with the scales as they are stored; of groups whose scale became 0
 * those of the search. */
static inline void recode(const struct batch *b, const float *x, float d, const int8_t *scales,
                          int half, uint8_t *codes)
{
    for (size_t g = 0; g < 16; g++) {
        const float scale = d * (float)scales[g];

        if (scale != 0)
            code_group(x + 16 * g, 16, 0, scale, -half, half - 1, codes + 16 * g);
        else
            batch_codes(b, g, 16, codes + 16 * g);
    }
}

static inline void pack_q6_k(const float *x, const float *importance, unsigned char *out)
{
    struct batch b;
    uint8_t codes[BLOCK];
    int8_t scales[16];
    float most, inverse;

    batch_load(&b, x, 16, LANES);
    if (importance)
        batch_lay(b.w, importance, 16, LANES);
    else
        weigh_squares(&b, 16);
    scale_search(&b, 16, 32);
    most = widest(b.scale, 16);
    memset(out, 0, Q6_K_BYTES);
    if (fabsf(most) < EPSILON) return;
    inverse = -128 / most;
    store_u16(out + 208, half_of_float(1 / inverse));
    for (size_t g = 0; g < 16; g++) {
        const int scale = nearest_of(inverse * b.scale[g]);

        scales[g] = (int8_t)(scale < 127 ? scale : 127);
    }
    memcpy(out + 192, scales, 16);
    recode(&b, x, float_of_half(load_u16(out + 208)), scales, 32, codes);
    for (size_t half = 0; half < 2; half++) store_fours(codes + 128 * half, 64, out + 64 * half);
    store_twos(codes, 4, out + 128);
}

/* Scales from -32 to 31 for those that the search found; returns what a scale of 1 stands for. */
static inline float scales_q3_k(const struct batch *b, int8_t *scales)
{
    const float most = widest(b->scale, 16), inverse = -32 / most;

    memset(scales, -32, 16);
    if (most == 0) return 0;
    for (size_t g = 0; g < 16; g++) {
        const int scale = nearest_of(inverse * b->scale[g]);

        scales[g] = (int8_t)(scale < -32 ? -32 : scale < 31 ? scale : 31);
    }
    return 1 / inverse;
}

#endif
