/* Conditions on fields: 'metadata.category = refinance_strategy', 'chosen_score >= 7'. */
#ifndef FILTER_WHERE_H
#define FILTER_WHERE_H

#include "records/pairs.h"

#define WHERES_MOST 16

enum where_test {
    WHERE_EQUAL,
    WHERE_OTHER,
    WHERE_LESS,
    WHERE_MOST,
    WHERE_MORE,
    WHERE_LEAST,
    WHERE_HOLDS,
    WHERE_LACKS
};

struct where {
    char *path; /* dotted */
    enum where_test test;
    char *text;    /* what to compare with, in the memory of path */
    double number; /* infinite where it is too large for a double */
    bool is_number;
};

struct wheres {
    struct where items[WHERES_MOST];
    size_t count;
};

/* Adds 'FIELD OP VALUE'; OP is one of = != < <= > >= ~ (holds the text) !~ (does not).
 * Spaces around the three do not count. */
bool wheres_add(struct wheres *wheres, const char *condition, struct err *err);

/* Do all conditions hold? A missing field satisfies only != and !~. */
bool wheres_hold(const struct wheres *wheres, struct pair *pair, struct buffer *scratch);
void wheres_release(struct wheres *wheres);

#endif
