/* The checkpoints of a run, by their numbers: which there are, and which may go.
 *
 * Only folders named checkpoint-N that hold a resume.json count: others, of other programs, are
 * left alone. */
#ifndef TRAIN_CHECKPOINTS_H
#define TRAIN_CHECKPOINTS_H

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

struct checkpoints {
    uint64_t *numbers; /* ascending: the last is the newest */
    size_t count, room;
};

bool checkpoints_find(struct checkpoints *found, const char *run, struct err *err);
void checkpoints_release(struct checkpoints *found);

/* Removes the oldest until there are no more than limit (0: any number), but never the newest nor
 * those whose numbers are in keep. */
bool checkpoints_prune(const char *run, size_t limit, const uint64_t *keep, size_t keep_count,
                       struct err *err);

/* Removes those of later steps. */
bool checkpoints_drop_newer(const char *run, uint64_t step, struct err *err);

#endif
