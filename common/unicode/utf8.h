/* UTF-8: is it valid, which code point is this, and repairing what is broken. */
#ifndef UNICODE_UTF8_H
#define UNICODE_UTF8_H

#include "core/memory.h"

#include <stdint.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The first byte in [at, end) that is not ASCII, or end. */
const char *utf8_skip_ascii(const char *at, const char *end);

/* Where text stops being valid, or NULL when all of it is. */
const char *utf8_fault(struct text text);

/* How many of the bytes at the end of valid text begin a sequence that may still be completed. */
size_t utf8_unfinished(struct text text);

/* Appends text with each maximal broken sequence replaced by U+FFFD, as browsers do. */
void utf8_repair(struct buffer *out, struct text text);

void utf8_put(struct buffer *out, uint32_t code);

/* The bytes of the sequence that begins with this byte, in valid text. */
static inline unsigned utf8_length(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The code point at at, in valid text, and how many bytes it has. */
static inline uint32_t utf8_code(const char *at, unsigned *len)
{
    const unsigned char *p = (const unsigned char *)at;

    if (p[0] < 0x80) return *len = 1, p[0];
    if (p[0] < 0xe0) return *len = 2, (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU);
    if (p[0] < 0xf0) return *len = 3, (p[0] & 0xfU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
    *len = 4;
    return (p[0] & 7U) << 18 | (p[1] & 0x3fU) << 12 | (p[2] & 0x3fU) << 6 | (p[3] & 0x3fU);
}

/* The beginning of the code point that ends before at, in valid text that begins before it. */
static inline const char *utf8_before(const char *at)
{
    at--;
    while (((unsigned char)*at & 0xc0) == 0x80) at--;
    return at;
}

#endif
