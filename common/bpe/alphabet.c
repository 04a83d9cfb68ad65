#include "bpe/alphabet.h"

#include "unicode/utf8.h"

static bool stands_for_itself(uint32_t code)
{
    return (code >= 0x21 && code <= 0x7e) || (code >= 0xa1 && code <= 0xff && code != 0xad);
}

/* The others are 0 to 0x20, 0x7f to 0xa0, and 0xad. */
static uint32_t code_of(unsigned char byte)
{
    if (stands_for_itself(byte)) return byte;
    return byte <= 0x20 ? 0x100U + byte : byte <= 0xa0 ? 0x121U + byte - 0x7f : 0x143U;
}

/* Or -1. */
static int byte_of(uint32_t code)
{
    if (stands_for_itself(code)) return (int)code;
    if (code < 0x100 || code > 0x143) return -1;
    return (int)(code <= 0x120 ? code - 0x100 : code <= 0x142 ? code - 0x121 + 0x7f : 0xad);
}

bool alphabet_read(struct buffer *out, struct text written)
{
    const char *at = written.at, *end;
    size_t before = out->len;
    char *to;

    if (!written.len) return true;
    end = at + written.len;
    buffer_reserve(out, written.len);
    to = out->at + before;
    while (at < end) {
        unsigned len;
        int byte = byte_of(utf8_code(at, &len));

        if (byte < 0) {
            buffer_add(out, written.at, written.len);
            return false;
        }
        *to++ = (char)byte;
        at += len;
    }
    out->len = (size_t)(to - out->at);
    return true;
}

void alphabet_write(struct buffer *out, struct text bytes)
{
    for (size_t i = 0; i < bytes.len; i++) utf8_put(out, code_of((unsigned char)bytes.at[i]));
}
