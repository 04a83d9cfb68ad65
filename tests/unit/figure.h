/* The figures in a text ("$1,896.20", "6.5%", "31 months"), and whether a formula gives them. */
#ifndef TESTS_UNIT_FIGURE_H
#define TESTS_UNIT_FIGURE_H

#include <stdbool.h>

struct figure {
    double value;
    char unit; /* '$', '%' or 0 */
    int digits;
    int decimals;
};

/* Reads the next number at or after *text and moves *text behind it. */
bool figure_next(const char **text, struct figure *figure);

/* Small whole numbers ("30-year", "two of 12") are words; all others need a source. */
bool figure_counts(const struct figure *figure);

bool figure_occurs(const struct figure *wanted, const char *text); /* "$5" is no "5%" */

/* Does `text` stand in `whole` by itself, not as a part of a longer word or number? */
bool figure_stands_in(const char *text, const char *whole);

/* Is the value of the expression, rounded as `text` is, the first number of `text`? */
bool figure_agrees(const char *expression, const char *text);

#endif
