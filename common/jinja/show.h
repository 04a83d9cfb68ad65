/* Values as text: what {{ }} prints, Python's repr, and its formatting of numbers. */
#ifndef JINJA_SHOW_H
#define JINJA_SHOW_H

#include "jinja/datum.h"

/* Add to the text being made: str(value), repr(value), repr of a float. */
bool show_value(struct work *work, const struct datum *datum);
bool show_repr(struct work *work, const struct datum *datum);
bool show_float(struct work *work, double real);

/* str(value) as a text: itself where it is one. */
bool show_text(struct work *work, const struct datum *datum, struct text *text);

/* 'format % values' and 'format.format(...)'. */
bool show_percent(struct work *work, struct text format, const struct datum *values, size_t count,
                  struct datum *out);
struct call;
bool show_braces(struct work *work, struct text format, const struct call *call, struct datum *out);

#endif
