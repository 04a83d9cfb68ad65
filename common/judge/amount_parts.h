/* What the two files of judge/amount share. */
#ifndef JUDGE_AMOUNT_PARTS_H
#define JUDGE_AMOUNT_PARTS_H

#include "judge/amount.h"

/* The character at at and its length; 0 and 0 at the end. */
static inline uint32_t code_at(struct text text, size_t at, size_t *len)
{
    *len = 0;
    return at < text.len ? amount_code(text, at, len) : 0;
}

/* The digit's value, or -1. */
static inline int digit_of(uint32_t code)
{
    if (code >= '0' && code <= '9') return (int)(code - '0');
    if (code >= 0x660 && code <= 0x669) return (int)(code - 0x660);
    if (code >= 0x6F0 && code <= 0x6F9) return (int)(code - 0x6F0);
    if (code >= 0xFF10 && code <= 0xFF19) return (int)(code - 0xFF10);
    return -1;
}

#endif
