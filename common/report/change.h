/* Before and after: what two tests of the same records say of each metric, and how sure that is. */
#ifndef REPORT_CHANGE_H
#define REPORT_CHANGE_H

#include "report/metric.h"
#include "results/results.h"

enum change_sign { CHANGE_OPEN, CHANGE_BETTER, CHANGE_WORSE };

/* NaN is what is not known. */
struct change_row {
    char *name;
    struct metric metric;
    size_t n; /* records with both values; 0: only the two means are known */
    double before, after, difference, low, high;
    double p;             /* corrected for all metrics of the table */
    double p_alone;       /* McNemar's where scores are 0 or 1, else of the paired t-test */
    double detectable;    /* the least gain that so many records would show */
    size_t higher, lower; /* records */
};

struct change_group {
    char *group, *word; /* 'category', 'refinancing' */
    size_t n;
    double before, after;
};

struct change {
    char *before, *after; /* what is compared, by name */
    struct change_row *rows;
    size_t count, room;
    struct change_group *groups; /* of the first row's metric */
    size_t group_count, group_room;
    size_t ungrouped; /* records of parts beyond the limit, by each group */
    size_t unmatched; /* records of either that the other one has not */
};

/* Two tests. False when they have no record in common. */
bool change_find(struct change *change, const struct results *before, const struct results *after,
                 struct err *err);

/* What one file says of itself: its comparison with a baseline; without one the metrics alone, with
 * NaN before. */
void change_of_one(struct change *change, const struct results *results);

/* Is the difference more than chance? By p and by the interval both. */
enum change_sign change_sign(const struct change_row *row);

/* The row that a verdict is about, or NULL. */
const struct change_row *change_primary(const struct change *change);

/* A difference with its sign, of a share in points: '+14.0'. */
void change_words(struct buffer *words, const struct metric *metric, double difference);

void change_release(struct change *change);

#endif
