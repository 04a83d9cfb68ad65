/* trainer_state.json as transformers writes it: keys sorted, two spaces, and the entries of
 * metrics.jsonl as its log_history. Readers of runs of transformers' Trainer read ours. */
#ifndef RUN_TRAINER_STATE_H
#define RUN_TRAINER_STATE_H

#include "core/err.h"

#include <stdint.h>

struct trainer_state {
    bool has_best; /* did an evaluation count? Else the next three are null */
    uint64_t best_step;
    double best_metric;
    const char *best_checkpoint; /* NULL while none was saved of it */

    double epoch;
    uint64_t step, max_steps, epochs;
    uint64_t eval_steps, logging_steps, save_steps, batch_size;
    double flops; /* done so far; 0 where nobody counts */

    const char *best_why; /* in words; NULL: nobody looks for a best one */

    bool stops_early; /* are there the numbers of EarlyStoppingCallback? */
    uint64_t patience, patience_used;
    double threshold;

    bool should_epoch_stop, should_evaluate, should_log, should_save, should_training_stop;
};

/* Writes PATH anew, with the first log_len bytes of the metrics log as its history: whole lines,
 * put there by run/metrics_log. A member of an entry that is an object or a list stays on one line.
 * The same state and entries give the same bytes. */
bool trainer_state_write(const struct trainer_state *state, const char *path, const char *log_path,
                         uint64_t log_len, struct err *err);

#endif
