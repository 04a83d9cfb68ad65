/* Floats of 16 bits, turned without special instructions and without branches, so that a loop over
 * them becomes vector code. */
#ifndef TENSOR_FLOATS_H
#define TENSOR_FLOATS_H

#include "tensor/dtype.h"
#include "tensor/load.h"

static inline float float_of_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t bits_of_float(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* With the fields at a float's places the exponent is 112 too small. It is as much again too small
 * when it is all ones (infinity, NaN); when it is zero (a subnormal number) the fraction has no
 * leading one: it is put above 2^-14, the least normal number, which is then taken away. All others
 * lose 0, because gcc makes no vector code of a subtraction that some elements do without. */
static inline float float_of_half(uint16_t half)
{
    const uint32_t one = (uint32_t)1 << 23, bias = 112 * one;
    const uint32_t bits = (uint32_t)(half & 0x7fff) << 13;
    const uint32_t small = bits < one ? UINT32_MAX : 0, special = bits >= 31 * one ? bias : 0;
    const float value =
        float_of_bits(bits + bias + special + (small & one)) - float_of_bits(small & (bias + one));

    return float_of_bits(bits_of_float(value) | (uint32_t)(half & 0x8000) << 16);
}

/* To nearest, ties to even, beyond 65504 to infinity; a NaN keeps its sign. A number below 2^-14 is
 * put above 1/2, where the places of a float are those of a subnormal half. */
static inline uint16_t half_of_float(float value)
{
    const uint32_t bits = bits_of_float(value), size = bits & 0x7fffffff;
    const uint32_t normal = (size - ((uint32_t)112 << 23) + 0xfff + (size >> 13 & 1)) >> 13;
    const uint32_t small = bits_of_float(float_of_bits(size) + 0.5F) - bits_of_float(0.5F);
    uint32_t half = size < (uint32_t)113 << 23 ? small : normal;

    half = size < (uint32_t)143 << 23 ? half : 0x7c00;
    half = size > (uint32_t)255 << 23 ? 0x7e00 : half;
    return (uint16_t)(half | (bits >> 16 & 0x8000));
}

static inline float float_of_bf16(bf16 value)
{
    return float_of_bits((uint32_t)value << 16);
}

/* To nearest, ties to even; a NaN keeps its upper half, made quiet so that it stays one. */
static inline bf16 bf16_of_float(float value)
{
    const uint32_t bits = bits_of_float(value), upper = bits >> 16;
    const uint32_t rounded = (bits + 0x7fff + (upper & 1)) >> 16;
    const bool nan = (int32_t)(bits & 0x7fffffff) > 0x7f800000;

    return (bf16)(nan ? upper | 0x40 : rounded);
}

#endif
