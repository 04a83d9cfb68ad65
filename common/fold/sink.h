/* Where the result goes: a folder that appears whole, a file that does, or a stream.
 *
 * A folder gets shards and the small files beside them; a file or a stream is one safetensors file,
 * and carries the small files' texts under their names in its metadata. */
#ifndef FOLD_SINK_H
#define FOLD_SINK_H

#include "core/outfolder.h"
#include "fold/plan.h"
#include "fold/small_files.h"
#include "safetensors/shard_writer.h"

struct sink {
    char *path; /* owned; NULL: standard output */
    bool is_folder, began;
    struct outfolder folder;
    struct shard_writer shards;
    struct outfile out;
    struct safetensors_writer writer;
};

/* Is a folder meant by this name? One that is there, or a name that is neither there nor ends as
 * that of a file with weights. */
bool sink_is_folder(const char *path);

/* The folder of base must not be the one; another one that is there must be that of a model. limit
 * 0: shards as planned. */
bool sink_open(struct sink *sink, const char *path, const struct plan *plan, uint64_t limit,
               const struct small_files *files, struct err *err);

/* The next bytes of the tensors, in the plan's order. */
bool sink_write(struct sink *sink, const void *data, size_t len, struct err *err);

/* Both end the sink. */
bool sink_commit(struct sink *sink, const struct small_files *files, struct err *err);
void sink_abandon(struct sink *sink);

#endif
