/* A run, as it lies in its folder (dpo-run(5)), or one of transformers' Trainer: what of its files
 * is there is read, and a run that was killed has fewer of them. */
#ifndef REPORT_RUN_FOLDER_H
#define REPORT_RUN_FOLDER_H

#include "report/facts.h"
#include "report/run_log.h"

struct run_folder {
    char *path, *name; /* owned; name: without its folders */
    struct run_log log;
    struct facts state;    /* trainer_state.json, but for its log */
    struct facts metadata; /* dpo_metadata.json: written when a run is done */
    struct facts options;  /* dpo-train.conf: those that were given */
    bool has_metadata, has_options;
};

/* Is there a log in the folder? */
bool run_folder_is(const char *path);

/* False when its log cannot be read; run_folder_close is then not needed. */
bool run_folder_open(struct run_folder *run, const char *path, struct err *err);
void run_folder_close(struct run_folder *run);

/* Did it come to its end? */
bool run_folder_finished(const struct run_folder *run);

/* Was its KL over the limit in the end, and nothing left to do about it? Its status was 3. */
bool run_folder_stopped(const struct run_folder *run);

/* 'finished', 'not finished', 'stopped by the KL limit at step 56 of 100'. */
void run_folder_state(const struct run_folder *run, struct buffer *out);

/* The step whose weights are the result: that of the best evaluation, or else the last. */
double run_folder_result(const struct run_folder *run);

/* The limit to the KL, or NaN. */
double run_folder_limit(const struct run_folder *run);

#endif
