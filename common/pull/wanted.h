/* Which files of a repository a model is made of, for these tools. Weights come as safetensors:
 * other formats hold programs that run when they are read, and are never fetched. */
#ifndef PULL_WANTED_H
#define PULL_WANTED_H

#include "pull/listing.h"

struct wanted {
    size_t *files; /* which ones of the listing */
    size_t count, room;
    bool indexed; /* the shards stand in the file wanted_index: see wanted_shards */
};

extern const char wanted_index[];

/* What is wanted of a whole model; name is what to call the repository. A repository whose only
 * weights are one GGUF file is that file. */
bool wanted_model(struct wanted *wanted, const struct listing *listing, const char *name,
                  struct err *err);

/* One file alone. */
bool wanted_file(struct wanted *wanted, const struct listing *listing, const char *name,
                 const char *file, struct err *err);

/* The shards that an index, which is there by now at path, names. */
bool wanted_shards(struct wanted *wanted, const struct listing *listing, const char *path,
                   struct err *err);
void wanted_release(struct wanted *wanted);

#endif
