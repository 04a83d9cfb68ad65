/* What people are told of a metric: its words, whether it is a share, which way is better. */
#ifndef REPORT_METRIC_H
#define REPORT_METRIC_H

#include "core/memory.h"

#include <stdbool.h>

enum metric_better { METRIC_NEITHER, METRIC_HIGHER, METRIC_LOWER };

struct metric {
    const char *name;
    const char *words; /* 'answer accuracy' */
    bool share;        /* of 1: shown in percent */
    bool count;        /* of records, tokens or steps, or a setting: no measure of the model */
    enum metric_better better;
};

/* The row of a name; one that is not known has NULL words, and neither is better. */
struct metric metric_of(struct text name);

/* Its words, or the name as it is. */
struct text metric_words(const struct metric *metric, struct text name);

/* Which of several metrics the verdict is about: the least number; what is no verdict has the
 * largest of all. */
size_t metric_rank(struct text name);

/* Where a figure stands among others: in the order of a verdict, then those that are none, then
 * what is not known. */
size_t metric_order(struct text name);

#endif
