/* The formats with a scale for 32 elements, without importance. */
#ifndef PACK_SMALL_BLOCKS_H
#define PACK_SMALL_BLOCKS_H

#include "pack/code_bits.h"
#include "pack/small_codes.h"
#include "tensor/blocks.h"

/* To the nearest, halves away from zero: one half less a bit carries no other number across. */
static inline void store_eights(const float *restrict x, float inverse, unsigned char *restrict out)
{
    for (size_t i = 0; i < 32; i += WIDTH) {
        const floats v = take(x + i) * each(inverse);
        const floats half = (floats)(((whole)v & INT32_MIN) | (whole)each(0.49999997F));
        const floats sum = v + half;
        const eights codes = __builtin_convertvector(
            __builtin_convertvector(pick(size_of(sum) < 1e6F, sum, each(0)), whole), eights);

        memcpy(out + i, &codes, sizeof codes);
    }
}

/* Scales of up to 16 blocks at once, so that no block waits for its own division. */
static inline void pack_q8_0(const float *restrict x, size_t blocks, unsigned char *restrict out)
{
    float scales[LANES] = {0}, inverses[LANES];
    uint16_t halves[LANES];

    for (size_t b = 0; b < blocks; b++) scales[b] = most_of(x + 32 * b);
    for (size_t i = 0; i < LANES; i += WIDTH) {
        const floats d = take(scales + i) / each(127);

        put(scales + i, d);
        put(inverses + i, pick(d != 0, each(1) / d, each(0)));
    }
    for (size_t b = 0; b < LANES; b++) halves[b] = half_of_float(scales[b]);
    for (size_t b = 0; b < blocks; b++, out += Q8_0_BYTES) {
        store_u16(out, halves[b]);
        store_eights(x + 32 * b, inverses[b], out + 2);
    }
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
