/* Code points of texts: white space, letters' cases, and where the n-th one stands. */
#ifndef JINJA_CODES_H
#define JINJA_CODES_H

#include "jinja/work.h"

/* In codes_tables.c. */
extern const int32_t codes_upper[], codes_lower[];
extern const int32_t codes_upper_odd[]; /* not one code point in upper case */
extern const int32_t codes_title_odd[]; /* not the same in upper and title case */
extern const int32_t codes_unprintable[];

enum letter_case { CASE_UPPER, CASE_LOWER, CASE_TITLE };

bool code_is_space(uint32_t code);
bool code_is_printable(uint32_t code);

/* The code point at at, which may be the end of the text: then 0. */
uint32_t code_at(const char *at, const char *end);

/* Adds text in that case; fails for the few letters whose case is not one other letter. */
bool work_add_case(struct work *work, struct text text, enum letter_case letter_case);

/* Where code point number index begins; the end when there are fewer. */
const char *text_seek(struct text text, size_t index);

enum { SIDE_LEFT = 1, SIDE_RIGHT = 2 };

/* Without the white space, or the code points in set, at its sides. */
struct text text_strip(struct text text, const struct text *set, unsigned sides);

#endif
