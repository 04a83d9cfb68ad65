/* The members of one object of a tokenizer's files, asked for by name. What nobody asked for is
 * refused at the end, so that nothing a file says is passed over. */
#ifndef TOKENS_FIELDS_H
#define TOKENS_FIELDS_H

#include "core/err.h"
#include "records/value.h"

struct fields {
    struct scan scan;
    struct buffer texts; /* of strings with escapes, with room for all: they stay in place */
    struct buffer where; /* 'tokenizer.json: decoder 'Strip'': before each error */
    struct err *err;
};

/* json is an object; it must outlive the fields, which fields_release frees in any case. */
bool fields_open(struct fields *fields, struct text json, struct err *err, const char *format, ...)
    __attribute__((format(__printf__, 4, 5)));

/* The same for an object that is a member of another. */
bool fields_enter(struct fields *inner, struct fields *outer, const char *name);
void fields_release(struct fields *fields);

/* The value of a member, or NULL; null counts as none. */
const struct value *fields_value(struct fields *fields, const char *name);

/* Each returns false with err when the value is of another kind; absent leaves *out as it is. */
bool fields_flag(struct fields *fields, const char *name, bool *out);
bool fields_whole(struct fields *fields, const char *name, uint32_t *out);
bool fields_text(struct fields *fields, const char *name, struct text *out);

/* False with err when one of the names, a list that ends with NULL, is missing. */
bool fields_need(struct fields *fields, const char *const *names);

/* Members that change nothing here, a list that ends with NULL. */
void fields_ignore(struct fields *fields, const char *const *names);

bool fields_fail(struct fields *fields, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));
bool fields_end(struct fields *fields); /* refuses what was not asked for */

#endif
