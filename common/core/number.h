/* A number that stands in a text, whole or not at all, and sizes as they are written. */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* A finite one, and nothing else, in text. */
bool parse_number(const char *text, double *value);

/* The same, but one too large for a double is infinite. */
bool parse_any_number(const char *text, double *value);

/* A number of bytes as options take it, '37M' or '812K', rounded up or down by at most 10 %.
 * Returns text. */
#define SIZE_TEXT 24
const char *write_size(char text[SIZE_TEXT], size_t bytes, bool up);

#endif
