/* Names and what they stand for, as texts: options, metadata. */
#ifndef REPORT_FACTS_H
#define REPORT_FACTS_H

#include "core/err.h"
#include "core/memory.h"

#include <stddef.h>

struct fact {
    char *name, *value;
};

struct facts {
    struct fact *items;
    size_t count, room;
    size_t left_out; /* when there were too many */
};

void facts_add(struct facts *facts, struct text name, struct text value);
const char *facts_find(const struct facts *facts, const char *name); /* or NULL */

/* The members of a JSON object; those of an object within it become 'adapter.rank', and what is
 * null is left out. False when text is no JSON object; what is to say which. */
bool facts_flatten(struct facts *facts, const char *what, struct text text, struct err *err);

void facts_release(struct facts *facts);

#endif
