/* What filters and methods both do to texts. */
#ifndef JINJA_TEXTS_H
#define JINJA_TEXTS_H

#include "jinja/datum.h"

/* As Python's splitlines, but with one empty line for an empty text and for what follows the last
 * line break. */
bool text_lines(struct work *work, struct text text, struct list *lines);

/* The first count times (all when it is negative) that old stands in text become new. */
bool texts_replace(struct work *work, struct text text, struct text old, struct text new,
                   int64_t count, struct datum *out);

/* Where word first (or last) stands in text, or NULL. */
const char *text_find(struct text text, struct text word, bool last);

/* Adds text with the characters that mean something to HTML escaped. */
bool work_add_escaped(struct work *work, struct text text);

/* A list that grows. */
struct items {
    struct work *work;
    struct datum *at;
    size_t count, room;
};

bool items_add(struct items *items, struct datum datum);
bool items_add_text(struct items *items, const char *at, const char *end);
bool items_end(struct items *items, enum datum_kind kind, struct datum *out);

#endif
