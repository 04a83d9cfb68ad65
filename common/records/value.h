/* JSON strings to text and back. */
#ifndef RECORDS_VALUE_H
#define RECORDS_VALUE_H

#include "records/scan.h"

/* The length of the escape that begins at at (surrogate pairs count as one), or 0 for a bad one. */
size_t escape_length(const char *at, const char *end);

/* The bytes from at that are whole, valid UTF-8 sequences of two or more bytes; 0 when the first
 * is not. */
size_t utf8_run(const char *at, const char *end);

/* The code point at at, in UTF-8 known to be valid; *at moves behind it. */
uint32_t utf8_next(const char **at);
void utf8_add(struct buffer *out, uint32_t code);
size_t utf8_count(struct text text); /* code points */

/* The meaning of a scanned string: a span of it where it has no escapes, else decoded to the end
 * of scratch. Valid until scratch grows. */
struct text value_text(const struct value *string, struct buffer *scratch);
void value_unescape(const struct value *string, struct buffer *out); /* always appends */
bool value_is(const struct value *string, struct text word);

/* Can it be, by its length? Asked first where many words are tried. */
static inline bool value_may_be(const struct value *string, struct text word)
{
    return string->len == word.len + 2 || string->escaped;
}

/* Text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void text_quote(struct buffer *out, struct text text);

/* The number a scanned value spells. False where it is not a number, or is too large for a double:
 * *number is infinite then. */
bool value_number(const struct value *value, double *number);

/* A finite number as Python and JavaScript write it: the fewest digits that are read back as the
 * same double, '1e-05' below 0.0001 and '1e+16' from there on. Whole numbers have no point. */
void number_write(struct buffer *out, double number);

#endif
