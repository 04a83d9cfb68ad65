/* A number that stands in a text, whole or not at all. */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stdbool.h>

/* A finite one, and nothing else, in text. */
bool parse_number(const char *text, double *value);

/* The same, but one too large for a double is infinite. */
bool parse_any_number(const char *text, double *value);

#endif
