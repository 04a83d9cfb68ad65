/* Q2_K, Q4_K and Q5_K: groups with a scale and a minimum. */
#ifndef PACK_RANGE_BLOCKS_H
#define PACK_RANGE_BLOCKS_H

#include "pack/block_scales.h"
#include "pack/range_search.h"

/* What is constant in a format. */
struct range_format {
    struct range_search alone, weighted; /* without and with importance */
    size_t elements;                     /* of a group */
    float scales;                        /* the largest code of a scale */
    float spread;                        /* of the squares' mean, in weights */
    size_t bytes;                        /* of a block */
    void (*store)(const uint8_t *codes, const struct block_codes *scales, unsigned char *out);
};

/* The next groups, up to a batch of them, with their weights. */
static inline void range_load(struct batch *b, const float *x, const float *importance,
                              size_t groups, const struct range_format *format)
{
    const size_t n = format->elements;
    float variance[LANES] = {0};

    batch_load(b, x, n, groups);
    if (!importance && n == 16) weigh_sizes(b, n);
    if (!importance && n == 32) weigh_means(b, n);
    if (!importance) return;
    for (size_t g = 0; g < groups; g++)
        variance[g] = g % (BLOCK / n) ? variance[g - 1]
                                      : format->spread * sum_of_squares(x + g * n, BLOCK) / BLOCK;
    weigh_important(b, importance, n, groups, variance);
}

static inline void range_block(const struct batch *b, size_t lane, const float *x, const float *w,
                               const struct range_format *format, unsigned char *out)
{
    const size_t n = format->elements, groups = BLOCK / n;
    const struct block_ranges ranges = {b->scale + lane, b->min + lane, w ? w + lane : NULL, groups,
                                        format->scales};
    struct block_codes scales;
    uint8_t codes[BLOCK];

    share_ranges(&ranges, &scales);
    for (size_t g = 0; g < groups; g++) {
        const float scale = scales.d * (float)scales.scale[g];
        const float min = scales.m * (float)scales.min[g];

        if (scale != 0)
            code_group(x + g * n, n, min, scale, 0, (int)format->alone.top, codes + g * n);
        else
            batch_codes(b, lane + g, n, codes + g * n);
    }
    format->store(codes, &scales, out);
}

static inline void range_pack(const float *x, size_t count, const float *importance,
                              const struct range_format *format, unsigned char *out)
{
    const size_t n = format->elements, groups = BLOCK / n;
    _Alignas(64) float sums[LANES];
    struct batch b;

    for (size_t left = count / n, now; left; left -= now) {
        now = left < LANES ? left : LANES;
        range_load(&b, x, importance, now, format);
        range_search(&b, n, importance ? &format->weighted : &format->alone);
        if (importance) batch_weights(&b, n, sums), importance += now * n;
        for (size_t g = 0; g < now; g += groups, x += BLOCK, out += format->bytes)
            range_block(&b, g, x, importance ? sums : NULL, format, out);
    }
}

#endif
