/* Writes a model's weights into a folder: as model.safetensors, or, where they are larger than a
 * limit, as model-00001-of-0000N.safetensors ... and model.safetensors.index.json. They appear
 * together, the index last, when everything is on the disk.
 *
 * Tensors are declared and written as with tensor/safetensors_writer. Each shard takes the next
 * ones as long as they fit; one that is larger than the limit has a shard of its own. */
#ifndef SAFETENSORS_SHARD_WRITER_H
#define SAFETENSORS_SHARD_WRITER_H

#include "safetensors/safetensors_writer.h"

struct shard_writer {
    const char *folder;                 /* borrowed; is there */
    uint64_t limit;                     /* bytes of tensors in a shard */
    struct safetensors_writer declared; /* declare and set here, until begin */
    size_t *cuts;                       /* of the declared, those with which a shard begins */
    size_t cut_count, cut_room;
    struct shard *shards;
    size_t count, current;
};

void shard_writer_init(struct shard_writer *writer, const char *folder, uint64_t limit);

/* The tensor that is declared next begins a shard. Where this was said once, it is said of all but
 * the first, and the limit does not count. */
void shard_writer_cut(struct shard_writer *writer);

/* Plans the shards. Fails where a model.safetensors stands that would be read instead of them. */
bool shard_writer_begin(struct shard_writer *writer, struct err *err);
bool shard_writer_write(struct shard_writer *writer, const void *data, size_t len, struct err *err);

/* Fails when bytes are missing; then no file changes. */
bool shard_writer_commit(struct shard_writer *writer, struct err *err);
void shard_writer_release(struct shard_writer *writer); /* before a commit nothing is left */

#endif
