/* Little-endian numbers at any address. */
#ifndef TENSOR_LOAD_H
#define TENSOR_LOAD_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t load_u16(const unsigned char *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return le16toh(value);
}

static inline uint32_t load_u32(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static inline uint64_t load_u64(const unsigned char *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

static inline double load_f64(const unsigned char *at)
{
    const uint64_t bits = load_u64(at);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline void store_f64(unsigned char *at, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits = htole64(bits);
    memcpy(at, &bits, sizeof bits);
}

#endif
