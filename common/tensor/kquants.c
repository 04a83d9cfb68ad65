#include "tensor/kquants.h"

#include "tensor/blocks.h"

/* Codes of 2 bits: byte 32 h + j holds elements 128 h + j + 0, 32, 64, 96, the lowest bits
 * first. */
static inline void q2_k_block(const unsigned char *restrict at, float *restrict out)
{
    const unsigned char *scales = at, *codes = at + 16;
    const float d = float_of_half(load_u16(at + 80)), m = float_of_half(load_u16(at + 82));

    for (size_t g = 0; g < 16; g++) {
        const unsigned char *from = codes + 32 * (g / 8) + 16 * (g % 2);
        const float scale = d * (float)(scales[g] & 15), min = m * (float)(scales[g] >> 4);
        const unsigned shift = g / 2 % 4 * 2;

        for (size_t j = 0; j < 16; j++)
            out[16 * g + j] = scale * (float)(from[j] >> shift & 3) - min;
    }
}

/* The low 4 bits of scale g are in byte g % 8, those of the first eight in the low half; the other
 * two are in byte 8 + g % 4, at bit 2 (g / 4). */
static inline void q3_k_scales(const unsigned char *restrict at, float d, float *restrict scales)
{
    for (size_t g = 0; g < 16; g++) {
        const int low = at[g % 8] >> g / 8 * 4 & 15, high = at[8 + g % 4] >> g / 4 * 2 & 3;

        scales[g] = d * (float)((low | high << 4) - 32);
    }
}

/* Two bits of a code lie as in Q2_K; the third of element e is bit e / 32 of high[e % 32]. */
static inline void q3_k_block(const unsigned char *restrict at, float *restrict out)
{
    const unsigned char *high = at, *codes = at + 32;
    float scales[16];

    q3_k_scales(at + 96, float_of_half(load_u16(at + 108)), scales);
    for (size_t g = 0; g < 16; g++) {
        const unsigned char *from = codes + 32 * (g / 8) + 16 * (g % 2), *top = high + 16 * (g % 2);
        const unsigned shift = g / 2 % 4 * 2, bit = (unsigned)g / 2;

        for (size_t j = 0; j < 16; j++) {
            const int code = (from[j] >> shift & 3) | (top[j] >> bit & 1) << 2;

            out[16 * g + j] = scales[g] * (float)(code - 4);
        }
    }
}

struct ranges {
    float scale[8], min[8];
};

/* Scale g < 4 is in byte g and its minimum in byte g + 4, 6 bits each. For the others byte g + 4
 * has 4 bits of both, and the upper 2 are on top of the bytes g - 4 and g. */
static inline void ranges_unpack(struct ranges *restrict ranges, const unsigned char *restrict at)
{
    const float d = float_of_half(load_u16(at)), m = float_of_half(load_u16(at + 2));
    const unsigned char *packed = at + 4;

    for (size_t g = 0; g < 4; g++) {
        ranges->scale[g] = d * (float)(packed[g] & 63);
        ranges->min[g] = m * (float)(packed[g + 4] & 63);
    }
    for (size_t g = 4; g < 8; g++) {
        ranges->scale[g] = d * (float)((packed[g + 4] & 15) | packed[g - 4] >> 6 << 4);
        ranges->min[g] = m * (float)(packed[g + 4] >> 4 | packed[g] >> 6 << 4);
    }
}

/* Byte 32 p + j of the codes holds element 64 p + j, in its low half, and 64 p + 32 + j. */
static inline void q4_k_block(const unsigned char *restrict at, float *restrict out)
{
    struct ranges ranges;

    ranges_unpack(&ranges, at);
    for (size_t g = 0; g < 8; g++) {
        const unsigned char *codes = at + 16 + 32 * (g / 2);
        const float scale = ranges.scale[g], min = ranges.min[g];
        const unsigned shift = g % 2 * 4;

        for (size_t j = 0; j < 32; j++)
            out[32 * g + j] = scale * (float)(codes[j] >> shift & 15) - min;
    }
}

/* As Q4_K; the fifth bit of element 32 g + j is bit g of high[j]. */
static inline void q5_k_block(const unsigned char *restrict at, float *restrict out)
{
    const unsigned char *high = at + 16;
    struct ranges ranges;

    ranges_unpack(&ranges, at);
    for (size_t g = 0; g < 8; g++) {
        const unsigned char *codes = at + 48 + 32 * (g / 2);
        const float scale = ranges.scale[g], min = ranges.min[g];
        const unsigned shift = g % 2 * 4, bit = (unsigned)g;

        for (size_t j = 0; j < 32; j++) {
            const int code = (codes[j] >> shift & 15) | (high[j] >> bit & 1) << 4;

            out[32 * g + j] = scale * (float)code - min;
        }
    }
}

/* In each half of a block, byte j of 64 has elements j and 64 + j as its halves; the upper two bits
 * of j, 32 + j, 64 + j, 96 + j are in byte j of high's half, the lowest first. */
static inline void q6_k_block(const unsigned char *restrict at, float *restrict out)
{
    const unsigned char *scales = at + 192;
    const float d = float_of_half(load_u16(at + 208));

    for (size_t g = 0; g < 16; g++) {
        const unsigned char *codes = at + 64 * (g / 8) + 16 * (g % 4);
        const unsigned char *high = at + 128 + 32 * (g / 8) + 16 * (g % 2);
        const float scale = d * (float)(int8_t)scales[g];
        const unsigned shift = g / 4 % 2 * 4, bits = g / 2 % 4 * 2;

        for (size_t j = 0; j < 16; j++) {
            const int code = (codes[j] >> shift & 15) | (high[j] >> bits & 3) << 4;

            out[16 * g + j] = scale * (float)(code - 32);
        }
    }
}

/* Four bits of scale g are a half of low[g / 2], the even one below; two are at bit 2 g of high.
 * The codes of a group lie as in IQ4_NL. */
static inline void iq4_xs_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at));
    const unsigned high = load_u16(at + 2);

    for (size_t g = 0; g < 8; g++) {
        const unsigned char *codes = at + 8 + 16 * g;
        const int low = at[4 + g / 2] >> g % 2 * 4 & 15;
        const float scale = d * (float)((low | (int)(high >> 2 * g & 3) << 4) - 32);

        for (size_t j = 0; j < 16; j++) {
            out[32 * g + j] = scale * (float)iq4_values[codes[j] & 15];
            out[32 * g + 16 + j] = scale * (float)iq4_values[codes[j] >> 4];
        }
    }
}

/* Digit n of each of so many bytes. A byte is a fraction of 256 with digits in base 3: what has
 * gone over 256 after a multiplication by 3 is the next digit. */
static inline float *ternary_digit(const unsigned char *restrict at, size_t bytes, unsigned n,
                                   float d, float *restrict out)
{
    static const uint8_t power[5] = {1, 3, 9, 27, 81};

    for (size_t j = 0; j < bytes; j++) {
        const uint8_t rest = (uint8_t)(at[j] * power[n]);

        out[j] = (float)((rest * 3 >> 8) - 1) * d;
    }
    return out + bytes;
}

/* The first digits of 32 bytes, then their second ones, and so on; then 16 bytes, then 4. */
static inline void tq1_0_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at + 52));

    for (unsigned n = 0; n < 5; n++) out = ternary_digit(at, 32, n, d, out);
    for (unsigned n = 0; n < 5; n++) out = ternary_digit(at + 32, 16, n, d, out);
    for (unsigned n = 0; n < 4; n++) out = ternary_digit(at + 48, 4, n, d, out);
}

/* The codes lie as in Q2_K. */
static inline void tq2_0_block(const unsigned char *restrict at, float *restrict out)
{
    const float d = float_of_half(load_u16(at + 64));

    for (size_t g = 0; g < 8; g++) {
        const unsigned char *codes = at + 32 * (g / 4);
        const unsigned shift = g % 4 * 2;

        for (size_t j = 0; j < 32; j++) out[32 * g + j] = (float)((codes[j] >> shift & 3) - 1) * d;
    }
}

ROWS_DEFINE(q2_k, 256, Q2_K_BYTES)
ROWS_DEFINE(q3_k, 256, Q3_K_BYTES)
ROWS_DEFINE(q4_k, 256, Q4_K_BYTES)
ROWS_DEFINE(q5_k, 256, Q5_K_BYTES)
ROWS_DEFINE(q6_k, 256, Q6_K_BYTES)
ROWS_DEFINE(iq4_xs, 256, IQ4_XS_BYTES)
ROWS_DEFINE(tq1_0, 256, TQ1_0_BYTES)
ROWS_DEFINE(tq2_0, 256, TQ2_0_BYTES)
