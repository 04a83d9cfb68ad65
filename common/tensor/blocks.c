#include "tensor/blocks.h"

const int8_t iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                               1,    13,   25,  38,  53,  69,  89,  113};

/* Twice the value of a float of 4 bits. */
static const int8_t fp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

static inline void q4_0_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at));
    const unsigned char *codes = at + 2;

    for (size_t j = 0; j < 16; j++) out[j] = (float)((codes[j] & 15) - 8) * d;
    for (size_t j = 0; j < 16; j++) out[j + 16] = (float)((codes[j] >> 4) - 8) * d;
}

static inline void q4_1_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at)), m = float_of_half(load_u16(at + 2));
    const unsigned char *codes = at + 4;

    for (size_t j = 0; j < 16; j++) out[j] = (float)(codes[j] & 15) * d + m;
    for (size_t j = 0; j < 16; j++) out[j + 16] = (float)(codes[j] >> 4) * d + m;
}

/* The whole codes of 5 bits. */
static inline void codes_of_five(const unsigned char *restrict at, uint8_t *restrict codes)
{
    const uint32_t fifth = load_u32(at);

    for (size_t j = 0; j < 16; j++) {
        codes[j] = (uint8_t)((at[4 + j] & 15) | (fifth >> j << 4 & 16));
        codes[j + 16] = (uint8_t)(at[4 + j] >> 4 | (fifth >> (j + 16) << 4 & 16));
    }
}

static inline void q5_0_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at));
    uint8_t codes[32];

    codes_of_five(at + 2, codes);
    for (size_t j = 0; j < 32; j++) out[j] = (float)(codes[j] - 16) * d;
}

static inline void q5_1_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at)), m = float_of_half(load_u16(at + 2));
    uint8_t codes[32];

    codes_of_five(at + 4, codes);
    for (size_t j = 0; j < 32; j++) out[j] = (float)codes[j] * d + m;
}

static inline void q8_0_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at));

    for (size_t j = 0; j < 32; j++) out[j] = (float)(int8_t)at[2 + j] * d;
}

static inline void iq4_nl_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at));

    for (size_t j = 0; j < 16; j++) {
        out[j] = d * (float)iq4_values[at[2 + j] & 15];
        out[j + 16] = d * (float)iq4_values[at[2 + j] >> 4];
    }
}

/* 2^(e-128); the two least are subnormal. */
static inline float half_power(unsigned e)
{
    return float_of_bits(e < 2 ? (uint32_t)0x00200000 << e : (uint32_t)(e - 1) << 23);
}

static inline void mxfp4_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = half_power(at[0]);

    for (size_t j = 0; j < 16; j++) {
        out[j] = d * (float)fp4_values[at[1 + j] & 15];
        out[j + 16] = d * (float)fp4_values[at[1 + j] >> 4];
    }
}

ROWS_DEFINE(q4_0, 32, Q4_0_BYTES)
ROWS_DEFINE(q4_1, 32, Q4_1_BYTES)
ROWS_DEFINE(q5_0, 32, Q5_0_BYTES)
ROWS_DEFINE(q5_1, 32, Q5_1_BYTES)
ROWS_DEFINE(q8_0, 32, Q8_0_BYTES)
ROWS_DEFINE(iq4_nl, 32, IQ4_NL_BYTES)
ROWS_DEFINE(mxfp4, 32, MXFP4_BYTES)
