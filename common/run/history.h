/* The memory of a project: one SQLite database, runs.db, to which each run of a tool adds a row, so
 * that "is tonight's model better than the one in use?" is a query. dpo-history(5) tells of its
 * tables.
 *
 * A row is one process. It is written when the run begins, as 'running', and completed at its end:
 * one that was killed stays 'running' and says on which host, and as which process, it ran. The
 * database is open only while something is written: others may write and read at any time, and wait
 * for each other no longer than a minute.
 *
 * A run must not fail because its history could not be written: callers warn and go on. */
#ifndef RUN_HISTORY_H
#define RUN_HISTORY_H

#include "core/err.h"
#include "run/moment.h"

#include <stddef.h>
#include <stdint.h>

enum history_kind { HISTORY_TRAIN, HISTORY_EVAL, HISTORY_DEPLOY };

enum history_result {
    HISTORY_DONE,
    HISTORY_STOPPED, /* by a signal, with a checkpoint */
    HISTORY_FAILED,
    HISTORY_GATE,   /* a gate was not met */
    HISTORY_RUNNING /* not ended, or killed; only what is read says so */
};

/* As they stand in the tables: 'eval', 'done'. */
extern const char *const history_kinds[3];
extern const char *const history_results[5];

/* What a run knows of itself when it begins. All texts are borrowed until history_end, and may be
 * NULL. */
struct history_run {
    enum history_kind kind;
    bool resumed;        /* goes on with what an earlier process began in run_dir */
    const char *run_dir; /* where it writes; of a deployment the name of what is deployed */
    const char *model, *model_hash, *data_hash, *adapter;
    const char *options; /* a JSON object: names and texts */
    double patience;     /* seconds to wait for others at most, each time; 0: a minute */
};

struct history_figure {
    const char *name; /* 'eval_rewards/margins' */
    double value;     /* not finite: stands as NULL */
};

struct history {
    const char *path; /* borrowed */
    struct history_run run;
    int64_t id; /* of the row; 0 where it could not be written */
    int64_t began;
    double clock; /* seconds, of a clock that nobody sets */
};

/* Writes the row. After a failure history_end writes all of it. */
bool history_begin(struct history *history, const char *path, const struct history_run *run,
                   struct err *err);

/* Completes the row; all figures are there, or none. */
bool history_end(struct history *history, enum history_result result, int exit_status,
                 const struct history_figure *figures, size_t count, struct err *err);

#endif
