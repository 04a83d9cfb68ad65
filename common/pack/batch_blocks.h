/* The formats with a scale for 32 elements, with importance: a batch of 16 blocks. */
#ifndef PACK_BATCH_BLOCKS_H
#define PACK_BATCH_BLOCKS_H

#include "pack/range_search.h"
#include "pack/scale_search.h"
#include "pack/small_blocks.h"

static const struct range_search fourth_search = {15, -0.9F, 0.05F, 36, false};
static const struct range_search fifth_search = {31, -0.9F, 0.05F, 36, false};

/* The next blocks of a row, with what every element of it adds to its weight. */
struct blocks {
    const float *x, *importance;
    size_t blocks; /* left */
    float variance[LANES];
};

static inline void blocks_begin(struct blocks *from, const float *x, size_t count,
                                const float *importance)
{
    const float variance = sum_of_squares(x, count) / (float)count;

    *from = (struct blocks){.x = x, .importance = importance, .blocks = count / 32};
    for (size_t i = 0; i < LANES; i++) from->variance[i] = variance;
}

/* Returns how many blocks there are in the batch; 0 at the end. */
static inline size_t blocks_next(struct blocks *from, struct batch *b)
{
    const size_t blocks = from->blocks < LANES ? from->blocks : LANES;

    if (!blocks) return 0;
    batch_load(b, from->x, 32, blocks);
    weigh_important(b, from->importance, 32, blocks, from->variance);
    from->x += 32 * blocks;
    from->importance += 32 * blocks;
    from->blocks -= blocks;
    return blocks;
}

/* Blocks of Q4_0 (half is 8) or Q5_0 (16). */
static inline void pack_around(const float *x, size_t count, const float *importance, float half,
                               unsigned char *out)
{
    const size_t fifth = half > 8 ? 4 : 0;
    struct blocks from;
    struct batch b;
    uint8_t codes[32];

    blocks_begin(&from, x, count, importance);
    for (size_t blocks; (blocks = blocks_next(&from, &b)) > 0;) {
        scale_search(&b, 32, half);
        for (size_t i = 0; i < blocks; i++, out += 18 + fifth) {
            batch_codes(&b, i, 32, codes);
            store_u16(out, half_of_float(b.scale[i]));
            if (fifth) store_fifth(codes, out + 2);
            store_fours(codes, 16, out + 2 + fifth);
        }
    }
}

/* Blocks of Q4_1 or Q5_1. */
static inline void pack_between(const float *x, size_t count, const float *importance,
                                const struct range_search *how, unsigned char *out)
{
    const size_t fifth = how->top > 15 ? 4 : 0;
    struct blocks from;
    struct batch b;
    uint8_t codes[32];

    blocks_begin(&from, x, count, importance);
    for (size_t blocks; (blocks = blocks_next(&from, &b)) > 0;) {
        range_search(&b, 32, how);
        for (size_t i = 0; i < blocks; i++, out += 20 + fifth) {
            batch_codes(&b, i, 32, codes);
            store_u16(out, half_of_float(b.scale[i]));
            store_u16(out + 2, half_of_float(-b.min[i]));
            if (fifth) store_fifth(codes, out + 4);
            store_fours(codes, 16, out + 4 + fifth);
        }
    }
}

#endif
