/* JSON to values, and values to JSON as Python's json.dumps writes it. */
#ifndef JINJA_JSON_H
#define JINJA_JSON_H

#include "jinja/datum.h"

/* The value of a JSON text; what names it in errors. */
bool json_parse(struct work *work, struct text json, const char *what, struct datum *out);

struct json_style {
    struct text indent; /* a level's blanks */
    bool lines;         /* each item on a line of its own */
    bool ascii;         /* all others as \uXXXX */
    bool sorted;
    struct text between, after_key; /* separators */
};

/* Adds the JSON of a value to the text being made. */
bool json_write(struct work *work, const struct datum *datum, const struct json_style *style);

#endif
