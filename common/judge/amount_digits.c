/* A number from its digits, their separators and the letter of its scale. */
#include "judge/amount_parts.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 40 /* of a number; what has more is no answer */
#define GROUPS 12

/* What may stand between digits, as one of ", . ' D" (D: the Arabic decimal mark) or 0. */
static char separator_of(uint32_t code)
{
    switch (code) {
    case ',':
    case 0x66C: return ',';
    case '.': return '.';
    case 0x66B: return 'D';
    case '\'':
    case 0x2019:
    case 0xA0:
    case 0x202F:
    case 0x2009: return '\'';
    default: return 0;
    }
}

/* Runs of digits with separators between them. */
struct groups {
    char digits[DIGITS + 1];
    size_t count;                    /* of digits */
    size_t ends[GROUPS + 1], before; /* before: groups behind the first */
    size_t text_ends[GROUPS + 1];    /* where each ends in the text */
    char separators[GROUPS + 1];     /* [i] stands behind group i */
};

static bool read_groups(struct text text, size_t at, struct groups *groups)
{
    size_t len, next;
    int digit;

    groups->count = groups->before = 0;
    while ((digit = digit_of(code_at(text, at, &len))) >= 0) {
        if (groups->count == DIGITS) return false;
        groups->digits[groups->count++] = (char)('0' + digit);
        at += len;
        groups->ends[groups->before] = groups->count;
        groups->text_ends[groups->before] = at;
        groups->separators[groups->before] = separator_of(code_at(text, at, &len));
        if (!groups->separators[groups->before] || groups->before == GROUPS) continue;
        if (digit_of(code_at(text, at + len, &next)) < 0) continue;
        groups->before++;
        at += len;
    }
    return groups->count > 0;
}

static size_t group_length(const struct groups *groups, size_t i)
{
    return groups->ends[i] - (i ? groups->ends[i - 1] : 0);
}

/* How many groups from the second on are thousands divided by that separator: three digits each,
 * or two before the last one. */
static size_t thousands(const struct groups *groups, char separator)
{
    size_t count = 0;

    if (group_length(groups, 0) > 3) return 0;
    while (count < groups->before && groups->separators[count] == separator &&
           (group_length(groups, count + 1) == 3 || group_length(groups, count + 1) == 2))
        count++;
    while (count && group_length(groups, count) != 3) count--;
    return count;
}

/* Which groups are the number: whole ones up to *whole, then one of decimals if true. */
static bool divide(const struct groups *groups, size_t *whole)
{
    size_t dots = thousands(groups, '.');
    char next;

    *whole = thousands(groups, ',');
    if (!*whole) *whole = thousands(groups, '\'');
    if (!*whole && dots >= 2) *whole = dots;
    if (*whole >= groups->before) return false;
    next = groups->separators[*whole];
    if (next == 'D' || next == '.') return true;
    return next == ',' && (*whole ? groups->separators[0] == '.' : groups->before == 1);
}

/* The letter of a scale right behind a number and nothing behind that. */
static double scale_letter(struct text text, size_t *at)
{
    size_t len, next;
    uint32_t code = code_at(text, *at, &len);
    double scale = code == 'k' || code == 'K'   ? 1e3
                   : code == 'm' || code == 'M' ? 1e6
                   : code == 'b' || code == 'B' ? 1e9
                                                : 1;

    if (scale == 1) return 1;
    if (scale > 1e3 && (code_at(text, *at + 1, &next) | 32) == (scale > 1e6 ? 'n' : 'm')) len = 2;
    if (isalnum((int)(code_at(text, *at + len, &next) & 0x7F)) && next == 1) return 1;
    if (next > 1 && !separator_of(code_at(text, *at + len, &next))) return 1;
    *at += len;
    return scale;
}

/* What is read is no further from zero than this: scales and units can be multiplied in. */
#define FARTHEST 1e250

static int exponent_of(struct text text, const char *number, struct amount *amount)
{
    int exponent = 0;

    if (!amount_exponent(text, &amount->end, strcmp(number, "10") == 0, &exponent)) return 0;
    amount->decimals = amount->decimals > exponent ? amount->decimals - exponent : 0;
    return exponent;
}

bool amount_digits(struct text text, size_t at, struct amount *amount)
{
    struct groups groups = {0};
    char number[DIGITS + 16]; /* with a point and an exponent */
    size_t whole, len, last, behind;
    bool decimals;

    if (!read_groups(text, at, &groups)) return false;
    decimals = divide(&groups, &whole);
    last = whole + decimals;
    len = groups.ends[whole];
    memcpy(number, groups.digits, len);
    amount->decimals = 0;
    if (decimals) {
        amount->decimals = (int)group_length(&groups, last);
        number[len++] = '.';
        memcpy(number + len, groups.digits + groups.ends[whole], (size_t)amount->decimals);
        len += (size_t)amount->decimals;
    }
    number[len] = '\0';
    amount->at = at;
    amount->end = behind = groups.text_ends[last];
    snprintf(number + len, sizeof number - len, "e%d", exponent_of(text, number, amount));
    amount->bare = fmin(strtod(number, NULL), FARTHEST);
    amount->value = amount->bare;
    if (amount->end > behind) return true;
    amount->value *= scale_letter(text, &amount->end);
    if (amount->value == amount->bare * 1e3) amount->bare = amount->value;
    return true;
}
