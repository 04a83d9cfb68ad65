/* Messages of protobuf, as far as events need them: fields are appended one after the other. */
#ifndef RUN_PROTOBUF_H
#define RUN_PROTOBUF_H

#include "core/memory.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

enum protobuf_wire { PROTOBUF_VARINT, PROTOBUF_8_BYTES, PROTOBUF_BYTES, PROTOBUF_4_BYTES = 5 };

static inline void protobuf_varint(struct buffer *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) buffer_byte(out, (char)(value | 0x80));
    buffer_byte(out, (char)value);
}

static inline void protobuf_key(struct buffer *out, unsigned field, enum protobuf_wire wire)
{
    protobuf_varint(out, field << 3 | wire);
}

static inline void protobuf_whole(struct buffer *out, unsigned field, uint64_t value)
{
    protobuf_key(out, field, PROTOBUF_VARINT);
    protobuf_varint(out, value);
}

static inline void protobuf_double(struct buffer *out, unsigned field, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits = htole64(bits);
    protobuf_key(out, field, PROTOBUF_8_BYTES);
    buffer_add(out, &bits, sizeof bits);
}

static inline void protobuf_float(struct buffer *out, unsigned field, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits = htole32(bits);
    protobuf_key(out, field, PROTOBUF_4_BYTES);
    buffer_add(out, &bits, sizeof bits);
}

/* A string, bytes, or a message that was made before. */
static inline void protobuf_bytes(struct buffer *out, unsigned field, struct text bytes)
{
    protobuf_key(out, field, PROTOBUF_BYTES);
    protobuf_varint(out, bytes.len);
    buffer_add(out, bytes.at, bytes.len);
}

#endif
