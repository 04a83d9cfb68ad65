/* The weights of a model's folder, in one file or in many: model.safetensors, or else the shards
 * that model.safetensors.index.json names.
 *
 * All headers are read and checked, and index and shards must agree in every tensor; no byte of the
 * weights is touched. Pickled weights are not read. */
#ifndef SAFETENSORS_SHARDS_H
#define SAFETENSORS_SHARDS_H

#include "safetensors/safetensors.h"

struct shards {
    struct safetensors *files;
    size_t file_count;
    const struct tensor **tensors; /* of all files: by the files' names, then in a file's order */
    size_t count;
    struct lookup by_name; /* index in tensors */
};

bool shards_open(struct shards *shards, const char *folder, struct err *err);

/* NULL when no file has it. */
const struct tensor *shards_find(const struct shards *shards, struct text name);

void shards_close(struct shards *shards);

#endif
