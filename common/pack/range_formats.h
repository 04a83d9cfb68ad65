/* How blocks of Q2_K, Q4_K and Q5_K are searched and laid down. */
#ifndef PACK_RANGE_FORMATS_H
#define PACK_RANGE_FORMATS_H

#include "pack/range_blocks.h"

static inline void store_q2_k(const uint8_t *codes, const struct block_codes *scales,
                              unsigned char *out)
{
    for (size_t g = 0; g < 16; g++)
        out[g] = (unsigned char)(scales->scale[g] | scales->min[g] << 4);
    store_twos(codes, 0, out + 16);
    store_u16(out + 80, scales->d_bits);
    store_u16(out + 82, scales->m_bits);
}

static inline void store_q4_k(const uint8_t *codes, const struct block_codes *scales,
                              unsigned char *out)
{
    store_u16(out, scales->d_bits);
    store_u16(out + 2, scales->m_bits);
    store_sixes(scales->scale, scales->min, out + 4);
    for (size_t p = 0; p < 4; p++) store_fours(codes + 64 * p, 32, out + 16 + 32 * p);
}

static inline void store_q5_k(const uint8_t *codes, const struct block_codes *scales,
                              unsigned char *out)
{
    store_u16(out, scales->d_bits);
    store_u16(out + 2, scales->m_bits);
    store_sixes(scales->scale, scales->min, out + 4);
    store_planes(codes, 4, out + 16);
    for (size_t p = 0; p < 4; p++) store_fours(codes + 64 * p, 32, out + 48 + 32 * p);
}

static const struct range_format format_q2_k = {
    {3, -0.5F, 0.1F, 15, true}, {3, -0.9F, 0.05F, 36, false}, 16, 15, 1, Q2_K_BYTES, store_q2_k};
static const struct range_format format_q4_k = {
    {15, -1, 0.1F, 20, false}, {15, -0.9F, 0.05F, 36, false}, 32, 63, 2, Q4_K_BYTES, store_q4_k};
static const struct range_format format_q5_k = {
    {31, -0.5F, 0.1F, 15, false}, {31, -0.9F, 0.05F, 36, false}, 32, 63, 2, Q5_K_BYTES, store_q5_k};

#endif
