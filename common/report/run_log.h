/* What a run logged, as curves: metrics.jsonl or the log_history of trainer_state.json, read for
 * people to look at. So a line that cannot be read is left out and noted, and a last one that is
 * cut off ends the log: the run was killed, or writes it just now. */
#ifndef REPORT_RUN_LOG_H
#define REPORT_RUN_LOG_H

#include "core/err.h"
#include "core/memory.h"

#include <stddef.h>
#include <stdint.h>

struct run_series {
    char *name;    /* 'eval_loss' */
    double *x, *y; /* steps, ascending: what was done anew after a rollback replaces the first */
    size_t count, room;
};

struct run_event {
    char *name, *words; /* 'halve-lr'; a sentence */
    double step;
};

/* Of each number the latest. Texts may be NULL. */
struct run_sample {
    double number, step;
    char *prompt, *trained, *reference;
};

struct run_log {
    struct run_series *series;
    size_t series_count, series_room;
    struct run_event *events;
    size_t event_count, event_room, events_logged; /* logged: with those beyond the limit */
    struct run_sample *samples;
    size_t sample_count, sample_room;
    char **notes; /* what was left out, and why */
    size_t note_count, note_room;
    size_t left_out; /* lines; more than there are notes when there were many */
    double limit;    /* of the KL, as an event tells it; NaN */
    double last_step;
    double stop_step; /* of the event 'stop'; NaN */
    bool cut_off, series_full, samples_full;
};

void run_log_init(struct run_log *log);

/* One entry; where is what to call it in a note. */
void run_log_add(struct run_log *log, const char *where, struct text text);

/* A file of one entry a line. False when it cannot be read at all. */
bool run_log_read(struct run_log *log, const char *path, struct err *err);

const struct run_series *run_log_series(const struct run_log *log, const char *name); /* or NULL */
void run_log_note(struct run_log *log, const char *words);
void run_log_release(struct run_log *log);

#endif
