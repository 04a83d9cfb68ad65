/* The value behind one option: parsed whole or refused, and shown as a default by --help. */
#ifndef OPTIONS_OPTION_VALUE_H
#define OPTIONS_OPTION_VALUE_H

#include "core/err.h"
#include "core/memory.h"
#include "options/options.h"

/* Stores text as the row's value; text is kept, not copied. A flag takes 'yes', 'no', 'true',
 * 'false' or NULL (yes). */
bool option_value_set(const struct option_spec *row, const char *text, struct err *err);

/* Appends the value as a file for --config has it; false where there is none. */
bool option_value_text(const struct option_spec *row, struct buffer *out);

/* Of a choice: the word that was chosen. */
struct text option_value_word(const struct option_spec *row);

/* ' [42]' where there is a default worth showing, else ''. */
void option_value_default(const struct option_spec *row, char *out, size_t room);

#endif
