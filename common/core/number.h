/* A number that stands in a text, whole or not at all. */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stdbool.h>

/* A finite one, and nothing else, in text. */
bool parse_number(const char *text, double *value);

#endif
