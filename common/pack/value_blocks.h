/* Blocks of IQ4_NL and IQ4_XS. */
#ifndef PACK_VALUE_BLOCKS_H
#define PACK_VALUE_BLOCKS_H

#include "pack/block_scales.h"
#include "pack/value_search.h"

static inline void iq4_xs_block(const struct batch *b, size_t lane, const float *x,
                                unsigned char *out)
{
    const float most = widest(b->scale + lane, 8), d = -most / 32;
    const float inverse = d != 0 ? 1 / d : 0;
    unsigned high = 0;

    store_u16(out, half_of_float(d));
    memset(out + 4, 0, 4);
    for (size_t g = 0; g < 8; g++) {
        int scale = nearest_of(inverse * b->scale[lane + g]);

        scale = scale < -32 ? -32 : scale < 31 ? scale : 31;
        value_codes(x + 32 * g, d * (float)scale, out + 8 + 16 * g);
        scale += 32;
        out[4 + g / 2] = (unsigned char)(out[4 + g / 2] | (scale & 15) << g % 2 * 4);
        high |= (unsigned)scale >> 4 << 2 * g;
    }
    store_u16(out + 2, (uint16_t)high);
}

static inline void pack_iq4(const float *x, size_t count, const float *importance, size_t block,
                            unsigned char *out)
{
    struct batch b;

    for (size_t left = count / 32, now; left; left -= now) {
        now = left < LANES ? left : LANES;
        value_search(&b, x, importance, now, block);
        if (importance) importance += 32 * now;
        for (size_t g = 0; g < now; g += block / 32, x += block) {
            if (block == 32) {
                store_u16(out, half_of_float(b.scale[g]));
                value_codes(x, b.scale[g], out + 2);
            } else {
                iq4_xs_block(&b, g, x, out);
            }
            out += block == 32 ? IQ4_NL_BYTES : IQ4_XS_BYTES;
        }
    }
}

#endif
