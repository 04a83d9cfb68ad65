/* The power of ten behind a number: '1.5e6', '1.5 x 10^6', '1.5 \times 10^{-6}', and 10^6 alone. */
#include "judge/amount_parts.h"

#include <string.h>

#define LARGEST 9999 /* larger ones are as good as it: no double has them */

/* The digit that a superscript is, or -1. */
static int raised_digit(uint32_t code)
{
    if (code == 0xB9) return 1;
    if (code == 0xB2 || code == 0xB3) return (int)(code - 0xB0);
    return code == 0x2070 || (code >= 0x2074 && code <= 0x2079) ? (int)(code - 0x2070) : -1;
}

/* A sign, if any, and digits; all of them raised or none. */
static bool take_whole(struct text text, size_t *at, bool raised, int *number)
{
    size_t from = *at, len;
    uint32_t code = code_at(text, from, &len);
    const bool minus = raised ? code == 0x207B : code == '-' || code == 0x2212;
    int digit;

    if (minus || code == (raised ? 0x207A : '+')) from += len;
    *number = 0;
    for (size_t begin = from;; from += len) {
        code = code_at(text, from, &len);
        digit = raised ? raised_digit(code) : digit_of(code);
        if (digit < 0 && from == begin) return false;
        if (digit < 0) break;
        if (*number <= LARGEST) *number = *number * 10 + digit;
    }
    if (*number > LARGEST) *number = LARGEST;
    if (minus) *number = -*number;
    *at = from;
    return true;
}

static bool take(struct text text, size_t *at, const char *what)
{
    const size_t len = strlen(what);

    if (text.len - *at < len || memcmp(text.at + *at, what, len) != 0) return false;
    *at += len;
    return true;
}

/* '^6', '^{6}' or a raised 6, behind a ten. */
static bool take_power(struct text text, size_t *at, int *exponent)
{
    size_t from = *at;
    bool braces;

    if (take_whole(text, at, true, exponent)) return true;
    if (!take(text, &from, "^")) return false;
    braces = take(text, &from, "{");
    if (!take_whole(text, &from, false, exponent)) return false;
    if (braces && !take(text, &from, "}")) return false;
    *at = from;
    return true;
}

static size_t skip_gaps(struct text text, size_t at)
{
    size_t len;

    while (is_gap(code_at(text, at, &len))) at += len;
    return at;
}

static bool take_times_ten(struct text text, size_t *at, int *exponent)
{
    static const char *const times[] = {"x",      "X",       "*",      "\u00D7", "\u00B7",
                                        "\u22C5", "\\times", "\\cdot", NULL};
    size_t from = skip_gaps(text, *at);

    for (size_t i = 0; times[i]; i++) {
        if (!take(text, &from, times[i])) continue;
        from = skip_gaps(text, from);
        if (!take(text, &from, "10") || !take_power(text, &from, exponent)) return false;
        *at = from;
        return true;
    }
    return false;
}

bool amount_exponent(struct text text, size_t *at, bool ten, int *exponent)
{
    size_t from = *at + 1, len;

    if (ten && take_power(text, at, exponent)) {
        --*exponent;
        return true;
    }
    if (take_times_ten(text, at, exponent)) return true;
    if (*at >= text.len || (text.at[*at] | 32) != 'e' || !take_whole(text, &from, false, exponent))
        return false;
    if (word_has(code_at(text, from, &len))) return false;
    *at = from;
    return true;
}
