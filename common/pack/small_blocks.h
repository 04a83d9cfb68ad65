/* The formats with a scale for 32 elements, without importance. */
#ifndef PACK_SMALL_BLOCKS_H
#define PACK_SMALL_BLOCKS_H

#include "pack/code_bits.h"
#include "pack/small_codes.h"
#include "tensor/blocks.h"

static inline void pack_q8_0(const float *restrict x, unsigned char *restrict out)
{
    const float d = most_of(x) / 127, inverse = d != 0 ? 1 / d : 0;

    store_u16(out, half_of_float(d));
    for (size_t i = 0; i < 32; i++) out[2 + i] = (unsigned char)rounded(x[i] * inverse);
}

static inline void pack_q4_0(const float *restrict x, unsigned char *restrict out)
{
    uint8_t codes[32];

    store_u16(out, half_of_float(code_around(x, 8, codes)));
    store_fours(codes, 16, out + 2);
}

static inline void pack_q5_0(const float *restrict x, unsigned char *restrict out)
{
    uint8_t codes[32];

    store_u16(out, half_of_float(code_around(x, 16, codes)));
    store_fifth(codes, out + 2);
    store_fours(codes, 16, out + 6);
}

static inline void pack_q4_1(const float *restrict x, unsigned char *restrict out)
{
    uint8_t codes[32];
    float min;

    store_u16(out, half_of_float(code_between(x, 15, codes, &min)));
    store_u16(out + 2, half_of_float(min));
    store_fours(codes, 16, out + 4);
}

static inline void pack_q5_1(const float *restrict x, unsigned char *restrict out)
{
    uint8_t codes[32];
    float min;

    store_u16(out, half_of_float(code_between(x, 31, codes, &min)));
    store_u16(out + 2, half_of_float(min));
    store_fifth(codes, out + 4);
    store_fours(codes, 16, out + 8);
}

#endif
