/* model.safetensors.index.json: which tensor is in which shard.
 *
 *     {"metadata": {"total_size": 16060522496},
 *      "weight_map": {"model.norm.weight": "model-00004-of-00004.safetensors", ...}}
 *
 * What stands beside 'weight_map' is information for people, and is not looked at. */
#ifndef SAFETENSORS_SHARD_INDEX_H
#define SAFETENSORS_SHARD_INDEX_H

#include "core/err.h"
#include "hash/lookup.h"

#define SHARD_NAME 256 /* with its end */
#define SHARDS_LIMIT ((size_t)10000)
#define SHARD_INDEX_LIMIT ((uint64_t)100000000) /* bytes of a file */

struct shard_file {
    char name[SHARD_NAME]; /* of letters, digits, '.', '_', '-'; ends in .safetensors */
    size_t count;          /* tensors that the index places in it */
    size_t place;          /* among those named, from 0 */
};

struct shard_entry {
    struct text name; /* of a tensor */
    size_t file;
};

struct shard_index {
    struct shard_file *files; /* in the order of their names */
    size_t file_count, file_room;
    struct shard_entry *entries;
    size_t count, room;
    struct lookup by_name; /* index in entries */
    struct lookup by_file; /* place of a file */
    char *texts;
};

/* The errors name no file. */
bool shard_index_parse(struct shard_index *index, struct text json, struct err *err);
void shard_index_release(struct shard_index *index);

#endif
