/* RUN/metrics.jsonl: what was measured and decided, one JSON object a line; dpo-run(5) lists what
 * they say.
 *
 * A checkpoint records how long the file was. A run that goes on from there cuts off what is
 * behind, a torn last line too, and writes it again: in the end there are the same bytes as without
 * the kill. */
#ifndef RUN_METRICS_LOG_H
#define RUN_METRICS_LOG_H

#include "core/memory.h"
#include "run/figures.h"
#include "run/journal.h"

struct metrics_log {
    struct journal file; /* its len is what a checkpoint records, after metrics_log_sync */
    struct buffer line;
};

/* Opens the file, makes it when it is not there, and cuts off what stands behind its first keep
 * bytes: 0 for a run that begins. Refuses a file of which keep bytes are no longer there, or end
 * within a line. metrics_log_close is fine after a failure, too. */
bool metrics_log_open(struct metrics_log *log, const char *path, uint64_t keep, struct err *err);

bool metrics_log_add(struct metrics_log *log, const struct figures *entry, struct err *err);

/* Puts all entries on the disk: before a checkpoint that records the length gets its name. The
 * file's own name is there for good once the folder is synced, as it is then. */
bool metrics_log_sync(struct metrics_log *log, struct err *err);

void metrics_log_close(struct metrics_log *log);

#endif
