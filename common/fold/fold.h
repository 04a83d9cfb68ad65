/* Adapters folded into their base: a model that needs neither.
 *
 *     fold_open(&fold, &wish, &err) && fold_run(&fold, team, progress, &err)
 *     fold_close(&fold)
 *
 * Opening reads no weight: whatever can be refused without them is refused before a byte of the
 * result is written. */
#ifndef FOLD_FOLD_H
#define FOLD_FOLD_H

#include "fold/pump.h"

struct fold_adapter {
    const char *path;
    double weight; /* its part; 1 is all of it */
};

/* All is borrowed while the fold is open. */
struct fold_wish {
    const char *model;
    const struct fold_adapter *adapters;
    size_t count;
    const char *output; /* NULL and '-': standard output */
    bool same;          /* weights stay in their formats; else they become dtype */
    enum dtype dtype;
    uint64_t shard_bytes; /* 0: the shards of the base */
    enum rounding rounding;
};

struct fold {
    const struct fold_wish *wish;
    struct model model;
    struct patches *adapters;
    size_t opened; /* of the adapters */
    const char **paths;
    struct plan plan;
    struct small_files files;
    struct fold_tally tally; /* after the run */
    uint64_t bytes;          /* of all weights that were written */
    size_t changed;          /* tensors that adapters had a part in */
};

bool fold_open(struct fold *fold, const struct fold_wish *wish, struct err *err);
bool fold_run(struct fold *fold, struct team *team, void (*progress)(uint64_t done, uint64_t all),
              struct err *err);

/* Was every adapter trained on this base, as far as the files beside it say? Reads a little of
 * each weight. *other is the path of one that was not. */
bool fold_is_of_base(const struct fold *fold, const char **other);
void fold_close(struct fold *fold);

#endif
