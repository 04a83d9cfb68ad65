/* 16 hexadecimal digits, in small letters. */
#ifndef REVIEW_HEX_H
#define REVIEW_HEX_H

#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

static inline bool hex_read(struct text digits, uint64_t *value)
{
    if (digits.len != 16) return false;
    *value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const char c = digits.at[i];
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

        if (digit < 0) return false;
        *value = *value << 4 | (unsigned)digit;
    }
    return true;
}

static inline void hex_write(struct buffer *out, uint64_t value)
{
    buffer_format(out, "%016llx", (unsigned long long)value);
}

#endif
