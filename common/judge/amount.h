/* Numbers as people write them in a text.
 *
 * 1,896 and 1.896.000 have divided thousands; '1,5' has a decimal comma. Arabic and Persian digits
 * and their separators count as well. 1.9k, 1.9 million and 6.5 percent are one amount each. What
 * is part of a name, a date, a time or a range ('U-3', '10:30', '30-45') is no answer. */
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
    double bare;    /* without; another reading of '227 thousand', not of '1.9k' */
    int decimals;   /* digits behind the point */
    bool percent;
    enum amount_role role;
};

/* The next one from *at, which moves behind it; false at the end. */
bool amount_next(struct text text, size_t *at, struct amount *amount);

/* The number that begins with the digit at 'at': digits, separators and a letter for its scale,
 * nothing around it. False where that is no digit. */
bool amount_digits(struct text text, size_t at, struct amount *amount);

/* The character at text->at[at], its length at least 1; invalid bytes are U+FFFD. */
uint32_t amount_code(struct text text, size_t at, size_t *len);

#endif
