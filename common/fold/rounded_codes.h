/* The formats of the output as functions on one element, which a loop takes in whole. */
#ifndef FOLD_ROUNDED_CODES_H
#define FOLD_ROUNDED_CODES_H

#include "tensor/floats.h"

static inline uint32_t code_f32(float value)
{
    return bits_of_float(value);
}

static inline float float_f32(uint32_t code)
{
    return float_of_bits(code);
}

static inline uint32_t code_f16(float value)
{
    return half_of_float(value);
}

static inline float float_f16(uint32_t code)
{
    return float_of_half((uint16_t)code);
}

static inline uint32_t code_bf16(float value)
{
    return bf16_of_float(value);
}

static inline float float_bf16(uint32_t code)
{
    return float_of_bf16((bf16)code);
}

static inline void put_two(unsigned char *out, size_t i, uint32_t code)
{
    const uint16_t bytes = htole16((uint16_t)code);

    memcpy(out + 2 * i, &bytes, sizeof bytes);
}

static inline void put_four(unsigned char *out, size_t i, uint32_t code)
{
    const uint32_t bytes = htole32(code);

    memcpy(out + 4 * i, &bytes, sizeof bytes);
}

static inline int32_t magnitude(float value)
{
    return (int32_t)(bits_of_float(value) & 0x7fffffff);
}

static inline int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

#endif
