/* Numbers as people write them in a text.
 *
 * 1,896 and 1.896.000 have divided thousands; '1,5' has a decimal comma. Arabic and Persian digits
 * and their separators count as well. 1.9k, 1.9 million and 6.5 percent are one amount each, and so
 * are 1.5e6 and 1.5 x 10^6. What is part of a name, a date, a time or a range ('U-3', '10:30',
 * '30-45') is no answer. */
#ifndef JUDGE_AMOUNT_H
#define JUDGE_AMOUNT_H

#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

enum amount_role {
    AMOUNT_PLAIN,
    AMOUNT_WEAK, /* an answer if nothing better is there: '30-year', '3rd', '1/2', '2.' of a list */
    AMOUNT_PART  /* of a name, a date, a time, a range */
};

struct amount {
    size_t at, end; /* in the text; sign and scale are inside, a currency sign is not */
    double value;   /* with its scale */
    double bare;    /* without, of '227 thousand' and of '30m', not of '1.9k' */
    int decimals;   /* digits behind the point */
    bool percent;
    enum amount_role role;
};

/* The next one from *at, which moves behind it; false at the end. */
bool amount_next(struct text text, size_t *at, struct amount *amount);

/* Does a text speak of percent, or of such a scale (1e3: 'thousand')? */
bool amount_names_percent(struct text text);
bool amount_names_scale(struct text text, double scale);

#define UNIT_WORDS 3

/* What a number is of: the currency sign before it or the words behind it, 'km', '$', 'apples'.
 * Lengths, times and currencies are known with their spellings and what they are worth to each
 * other; other words are compared as words, and are never the same as a known one. */
struct unit {
    struct text words[UNIT_WORDS]; /* the first is the unit, others may be: '5 red apples' */
    size_t count;                  /* 0: 'is', 'and' or nothing stands behind the number */
    size_t end;                    /* in the text, of the first */
};

void unit_read(struct text text, const struct amount *amount, struct unit *unit);
bool unit_is_known(struct text word);

/* Can a number of one be compared with a number of the other? Times the factor it is. */
bool unit_compares(struct text from, struct text to, double *factor);

/* Does the text name a known unit that compares with this one? */
bool unit_is_named(struct text text, struct text word);

/* The number that begins with the digit at 'at': digits, separators and a letter for its scale,
 * nothing around it. False where that is no digit. */
bool amount_digits(struct text text, size_t at, struct amount *amount);

/* The character at text->at[at], its length at least 1; invalid bytes are U+FFFD. */
uint32_t amount_code(struct text text, size_t at, size_t *len);

#endif
