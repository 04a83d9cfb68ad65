/* Every metric by category, source, dialect: whatever records say they belong to. */
#ifndef EVAL_GROUPS_H
#define EVAL_GROUPS_H

#include "eval/marks.h"

#define GROUPS_MOST 200 /* values; what has more, such as a name for each record, is left out */

struct group {
    const char *by, *name; /* 'category', 'rate_lock_strategy'; in the marks */
    size_t records;
    double *means; /* of each of the marks' columns; NaN where no record has one */
};

struct groups {
    struct group *items; /* those by the same together, in the order of their names */
    size_t count;
    double *means; /* of all of them */
};

/* The marks must live as long. */
void groups_make(struct groups *groups, const struct marks *marks);
void groups_release(struct groups *groups);

/* Appends {"category":{"rate_lock_strategy":{"records":11,"preference_accuracy":0.6,...},...}}. */
void groups_json(const struct groups *groups, const struct marks *marks, struct buffer *out);

#endif
