/* A history of runs (dpo-history(5)), night after night: what each figure was. */
#ifndef REPORT_TREND_H
#define REPORT_TREND_H

#include "run/history.h"

struct trend_run {
    int64_t id;
    double started;                                /* seconds since 1970; NaN */
    double minutes;                                /* NaN: it did not end */
    char *kind, *result, *place, *model, *adapter; /* NULL: it has none */
};

/* The figures of one name, over the runs of one model (and one test set): they can be compared. */
struct trend_line {
    enum history_kind kind;
    char *figure, *group; /* 'preference_accuracy'; 'qwen2.5-3b' */
    double *x, *y;
    size_t count, room;
};

struct trend {
    char *path;
    struct trend_run *runs; /* the oldest first */
    size_t count, room;
    struct trend_line *lines; /* tests first, by metric_order; of one figure next to each other */
    size_t line_count, line_room;
    bool counters; /* some are there, and in no line */
};

/* Is it an SQLite file, by its first bytes? */
bool trend_is(const char *path);

bool trend_open(struct trend *trend, const char *path, struct err *err);
void trend_close(struct trend *trend);

#endif
