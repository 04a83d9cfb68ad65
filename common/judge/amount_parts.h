/* What the files of judge/amount share. */
#ifndef JUDGE_AMOUNT_PARTS_H
#define JUDGE_AMOUNT_PARTS_H

#include "judge/amount.h"

#include <ctype.h>

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

/* A space within a line. */
static inline bool is_gap(uint32_t code)
{
    return code == ' ' || code == '\t' || code == 0xA0 || code == 0x202F || code == 0x2009;
}

/* A currency's. */
static inline bool is_sign(uint32_t code)
{
    return code == '$' || (code >= 0xA2 && code <= 0xA5) || (code >= 0x20A0 && code <= 0x20CF);
}

/* Can it stand in a word? Of what is not ASCII all but spaces, signs, digits and the commonest
 * punctuation. */
static inline bool word_has(uint32_t code)
{
    if (code < 0x80) return isalpha((int)code) != 0;
    if (is_gap(code) || is_sign(code) || digit_of(code) >= 0 || code == 0xFFFD) return false;
    return code != 0xD7 && code != 0x60C && code != 0x61B && code != 0x61F && code != 0x66A &&
           !(code >= 0x2010 && code <= 0x206F) && !(code >= 0x3000 && code <= 0x303F);
}

/* Takes the power of ten that begins at *at, right behind a number; ten: that is 10, which may be
 * raised itself. False where there is none. */
bool amount_exponent(struct text text, size_t *at, bool ten, int *exponent);

#endif
