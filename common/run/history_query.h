/* The history, asked: what the run before gave, and how runs went over many nights.
 *
 * The database is only read, and nobody vouches for it. Whoever writes to it meanwhile neither
 * waits nor is waited for. In a folder that may not be written to it is read as it is, unless a log
 * of what is not yet in it lies beside it. */
#ifndef RUN_HISTORY_QUERY_H
#define RUN_HISTORY_QUERY_H

#include "run/history.h"

#define HISTORY_FIGURES ((size_t)1000) /* of one run, at most */

/* Which run is meant: the last one that was done and has the figure. One that failed a gate is not:
 * after a bad night what is as bad would pass. */
struct history_wanted {
    enum history_kind kind;
    const char *figure;            /* 'answer_accuracy' */
    const char *model, *data_hash; /* NULL: any */
};

struct history_found {
    int64_t id;
    double value;
    char finished_at[MOMENT_TEXT];
};

/* 1, or 0 where there is none, as in a database that is not there yet, or -1 with err. */
int history_previous(const char *path, const struct history_wanted *wanted,
                     struct history_found *found, struct err *err);

/* A run. Texts are good for the call, and bytes as they stand: they need not be UTF-8. */
struct history_row {
    int64_t id;
    enum history_kind kind;
    enum history_result result;
    const char *started_at;
    const char *finished_at, *run_dir, *model, *data_hash, *adapter; /* NULL: there is none */
    double seconds;                                                  /* NAN: not known */
    const struct history_figure *figures;                            /* by name; NAN: not finite */
    size_t count;
};

/* Hands on all runs, the oldest first; false with err, also that of take. */
bool history_rows(const char *path,
                  bool (*take)(void *context, const struct history_row *row, struct err *err),
                  void *context, struct err *err);

#endif
