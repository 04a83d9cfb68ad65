/* Codes of a block, a byte each, as the bits that tensor/blocks.h and tensor/kquants.h describe. */
#ifndef PACK_CODE_BITS_H
#define PACK_CODE_BITS_H

#include "tensor/load.h"

#include <stddef.h>

static inline void store_u16(unsigned char *at, uint16_t value)
{
    value = htole16(value);
    memcpy(at, &value, sizeof value);
}

static inline void store_u32(unsigned char *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

/* The low four bits of 2 n codes, the first n in the lower halves. */
static inline void store_fours(const uint8_t *restrict codes, size_t n, unsigned char *restrict at)
{
    for (size_t i = 0; i < n; i++) at[i] = (unsigned char)((codes[i] & 15) | codes[n + i] << 4);
}

/* The fifth bit of 32 codes. */
static inline void store_fifth(const uint8_t *codes, unsigned char *at)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 32; i++) bits |= (uint32_t)(codes[i] >> 4 & 1) << i;
    store_u32(at, bits);
}

/* Two bits, from bit `from` on, of 256 codes. */
static inline void store_twos(const uint8_t *codes, unsigned from, unsigned char *at)
{
    for (size_t half = 0; half < 2; half++, codes += 128)
        for (size_t i = 0; i < 32; i++)
            *at++ = (unsigned char)((codes[i] >> from & 3) | (codes[i + 32] >> from & 3) << 2 |
                                    (codes[i + 64] >> from & 3) << 4 |
                                    (codes[i + 96] >> from & 3) << 6);
}

/* Bit `from` of element 32 g + i is bit g of byte i. */
static inline void store_planes(const uint8_t *codes, unsigned from, unsigned char *at)
{
    memset(at, 0, 32);
    for (size_t g = 0; g < 8; g++)
        for (size_t i = 0; i < 32; i++)
            at[i] = (unsigned char)(at[i] | (codes[32 * g + i] >> from & 1) << g);
}

/* Eight scales and eight minima of 6 bits. */
static inline void store_sixes(const uint8_t *scales, const uint8_t *mins, unsigned char *at)
{
    for (size_t g = 0; g < 4; g++) {
        at[g] = (unsigned char)(scales[g] | scales[g + 4] >> 4 << 6);
        at[g + 4] = (unsigned char)(mins[g] | mins[g + 4] >> 4 << 6);
        at[g + 8] = (unsigned char)((scales[g + 4] & 15) | mins[g + 4] << 4);
    }
}

#endif
