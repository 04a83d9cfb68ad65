#include "safetensors/shard_writer.h"

#include "safetensors/lexer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SHARDS_MOST 99999 /* five digits in a name */

struct shard {
    size_t first, count; /* of the declared tensors */
    char *path;
    const char *name; /* path without its folder */
    struct outfile out;
    struct safetensors_writer writer;
};

void shard_writer_init(struct shard_writer *writer, const char *folder, uint64_t limit)
{
    *writer = (struct shard_writer){.folder = folder, .limit = limit};
    safetensors_writer_init(&writer->declared);
}

static char *path_in(const char *folder, const char *name)
{
    struct buffer path = {0};
    size_t len = strlen(folder);

    buffer_format(&path, "%s%s%s", folder, len && folder[len - 1] == '/' ? "" : "/", name);
    buffer_byte(&path, '\0');
    return path.at;
}

void shard_writer_cut(struct shard_writer *writer)
{
    assert(!writer->shards);
    writer->cuts = mem_room(writer->cuts, writer->cut_count, &writer->cut_room, sizeof(size_t));
    writer->cuts[writer->cut_count++] = writer->declared.count;
}

/* Does the tensor begin a shard, of whose tensors so many bytes are used? */
static bool is_cut(const struct shard_writer *writer, size_t tensor, uint64_t used)
{
    const uint64_t bytes = writer->declared.tensors[tensor].bytes;

    if (tensor == 0) return true;
    for (size_t i = 0; i < writer->cut_count; i++)
        if (writer->cuts[i] == tensor) return true;
    return !writer->cut_count && used && bytes &&
           (used > writer->limit || bytes > writer->limit - used);
}

/* Tensors are dealt out in their order. */
static void plan(struct shard_writer *writer)
{
    const struct safetensors_writer *declared = &writer->declared;
    size_t room = 0;
    uint64_t used = 0;

    for (size_t i = 0; i < declared->count; i++) {
        if (is_cut(writer, i, used)) {
            writer->shards = mem_room(writer->shards, writer->count, &room, sizeof *writer->shards);
            writer->shards[writer->count++] = (struct shard){.first = i};
            used = 0;
        }
        writer->shards[writer->count - 1].count++;
        used += declared->tensors[i].bytes;
    }
    if (writer->count) return;
    writer->shards = mem_zero(1, sizeof *writer->shards); /* a file with no tensors */
    writer->count = 1;
}

static void name_shards(struct shard_writer *writer)
{
    for (size_t i = 0; i < writer->count; i++) {
        struct shard *shard = &writer->shards[i];
        char name[64] = "model.safetensors";

        if (writer->count > 1)
            snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", i + 1, writer->count);
        shard->path = path_in(writer->folder, name);
        shard->name = strrchr(shard->path, '/') + 1;
        shard->out = (struct outfile){.fd = -1, .folder = -1};
    }
}

/* A tensor was accepted once, so only the order of formats can be wrong in a shard. */
static bool open_shard(struct shard_writer *writer, struct err *err)
{
    const struct safetensors_writer *declared = &writer->declared;
    struct shard *shard = &writer->shards[writer->current];

    safetensors_writer_init(&shard->writer);
    for (size_t i = 0; i < declared->metadata_count; i++)
        if (!safetensors_writer_set(&shard->writer, declared->metadata[i].key,
                                    declared->metadata[i].value, err))
            return false;
    for (size_t i = 0; i < shard->count; i++)
        if (!safetensors_writer_declare(&shard->writer, &declared->tensors[shard->first + i], err))
            return false;
    return outfile_open(&shard->out, shard->path, err) &&
           safetensors_writer_begin(&shard->writer, &shard->out, err);
}

bool shard_writer_begin(struct shard_writer *writer, struct err *err)
{
    char *single = path_in(writer->folder, "model.safetensors");
    struct stat found;
    bool hidden;

    assert(!writer->shards);
    plan(writer);
    hidden = writer->count > 1 && lstat(single, &found) == 0;
    if (hidden) err_set(err, "%s: is there, and would be read instead of shards", single);
    mem_free(single);
    name_shards(writer);
    if (writer->count > SHARDS_MOST)
        return err_set(err, "%s: %zu shards, more than %d", writer->folder, writer->count,
                       SHARDS_MOST);
    return !hidden && open_shard(writer, err);
}

/* The shard is complete: its file waits, without a buffer, for the others. */
static bool next_shard(struct shard_writer *writer, struct err *err)
{
    struct shard *shard = &writer->shards[writer->current];

    if (!outfile_flush(&shard->out, err)) return false;
    buffer_release(&shard->out.pending);
    safetensors_writer_release(&shard->writer);
    writer->current++;
    return open_shard(writer, err);
}

static bool is_complete(const struct safetensors_writer *writer)
{
    size_t i = writer->next;

    while (i < writer->count && !writer->tensors[i].bytes) i++;
    return i == writer->count && !writer->left;
}

bool shard_writer_write(struct shard_writer *writer, const void *data, size_t len, struct err *err)
{
    while (len && is_complete(&writer->shards[writer->current].writer) &&
           writer->current + 1 < writer->count)
        if (!next_shard(writer, err)) return false;
    return safetensors_writer_write(&writer->shards[writer->current].writer, data, len, err);
}

struct entry {
    struct text name;
    const char *file;
};

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    size_t len = x->name.len < y->name.len ? x->name.len : y->name.len;
    int order = memcmp(x->name.at, y->name.at, len);

    return order ? order : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

/* Indented, and sorted by name, as other programs write it. */
static void make_index(const struct shard_writer *writer, struct buffer *json)
{
    const struct safetensors_writer *declared = &writer->declared;
    struct entry *entries = mem_alloc(declared->count * sizeof *entries);
    uint64_t total = 0;

    for (size_t i = 0; i < writer->count; i++) {
        const struct shard *shard = &writer->shards[i];

        for (size_t j = shard->first; j < shard->first + shard->count; j++) {
            entries[j] = (struct entry){declared->tensors[j].name, shard->name};
            total += declared->tensors[j].bytes;
        }
    }
    qsort(entries, declared->count, sizeof *entries, by_name);
    buffer_format(json, "{\n  \"metadata\": {\n    \"total_size\": %llu\n  },\n  \"weight_map\": {",
                  (unsigned long long)total);
    for (size_t i = 0; i < declared->count; i++) {
        buffer_text(json, i ? ",\n    " : "\n    ");
        safetensors_quote(json, entries[i].name);
        buffer_format(json, ": \"%s\"", entries[i].file);
    }
    buffer_text(json, "\n  }\n}\n");
    mem_free(entries);
}

/* The shards first, so that an index never names what is not there. */
static bool commit_with_index(struct shard_writer *writer, struct err *err)
{
    char *path = path_in(writer->folder, "model.safetensors.index.json");
    struct outfile index, **outs = mem_zero(writer->count + 1, sizeof(struct outfile *));
    struct buffer json = {0};
    bool good;

    make_index(writer, &json);
    for (size_t i = 0; i < writer->count; i++) outs[i] = &writer->shards[i].out;
    outs[writer->count] = &index;
    good = outfile_open(&index, path, err) && outfile_write(&index, json.at, json.len, err) &&
           outfile_commit_all(outs, writer->count + 1, err);
    outfile_abandon(&index);
    buffer_release(&json);
    mem_free(outs);
    mem_free(path);
    return good;
}

bool shard_writer_commit(struct shard_writer *writer, struct err *err)
{
    for (;;) {
        if (!safetensors_writer_finish(&writer->shards[writer->current].writer, err)) return false;
        if (writer->current + 1 == writer->count) break;
        if (!next_shard(writer, err)) return false;
    }
    return writer->count == 1 ? outfile_commit(&writer->shards[0].out, err)
                              : commit_with_index(writer, err);
}

void shard_writer_release(struct shard_writer *writer)
{
    for (size_t i = 0; i < writer->count; i++) {
        outfile_abandon(&writer->shards[i].out);
        safetensors_writer_release(&writer->shards[i].writer);
        mem_free(writer->shards[i].path);
    }
    mem_free(writer->shards);
    mem_free(writer->cuts);
    safetensors_writer_release(&writer->declared);
    *writer = (struct shard_writer){0};
}
