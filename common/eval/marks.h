/* What each record of a test was given, by metric: one column for each, and NaN where a metric does
 * not apply to a record. A metric is the mean of its column over the records that have one; so two
 * tests are compared column by column, and a part of a test is a part of the rows. */
#ifndef EVAL_MARKS_H
#define EVAL_MARKS_H

#include "core/memory.h"
#include "hash/hash.h"
#include "results/results.h"

#include <stdbool.h>

struct marks_column {
    char *name;     /* 'answer_accuracy' */
    double *values; /* of each record */
};

struct marks_group {
    char *name;   /* 'category' */
    char **words; /* of each record; NULL: it is in none */
};

struct marks {
    size_t count;         /* records */
    struct hash128 *keys; /* which record it is (results_key), in any test */
    struct hash128 *prompts;
    struct marks_column *columns; /* in the order in which they were first given */
    size_t column_count, column_room;
    struct marks_group *groups;
    size_t group_count, group_room;
};

void marks_init(struct marks *marks, size_t count);
void marks_release(struct marks *marks);

void marks_add(struct marks *marks, size_t record, const char *name, double value);
/* Keeps as much of the word as results_word does. */
void marks_group_add(struct marks *marks, size_t record, const char *name, struct text word);

/* A table of its own, of results read back. */
void marks_take(struct marks *marks, const struct results *results);

/* NULL where no record has it. */
const double *marks_values(const struct marks *marks, const char *name);

/* The mean over the records that have it; how many these are is the result. */
size_t marks_mean(const struct marks *marks, const char *name, double *mean);

#endif
