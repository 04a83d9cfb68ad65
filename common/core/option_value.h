/* The value behind one option: parsed whole or refused, and shown as a default by --help. */
#ifndef CORE_OPTION_VALUE_H
#define CORE_OPTION_VALUE_H

#include "core/err.h"
#include "core/options.h"

/* Stores text as the row's value; text is kept, not copied. A flag takes 'yes', 'no', 'true',
 * 'false' or NULL (yes). */
bool option_value_set(const struct option_spec *row, const char *text, struct err *err);

/* ' [42]' where there is a default worth showing, else ''. */
void option_value_default(const struct option_spec *row, char *out, size_t room);

/* A finite number, and nothing else, in text. */
bool parse_number(const char *text, double *value);

#endif
