#include "fold/sink.h"

#include "fold/old_folder.h"

#include <string.h>
#include <sys/stat.h>

static const char ending[] = ".safetensors";

static bool is_stream(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

bool sink_is_folder(const char *path)
{
    const size_t len = path ? strlen(path) : 0;
    struct stat found;

    if (is_stream(path)) return false;
    if (stat(path, &found) == 0) return S_ISDIR(found.st_mode);
    return len < sizeof ending || strcmp(path + len - (sizeof ending - 1), ending) != 0;
}

/* Without the '/' that may stand at its end. */
static char *copy_path(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/') len--;
    return mem_format("%.*s", (int)len, path);
}

static bool declare_all(struct safetensors_writer *writer, const struct plan *plan,
                        struct shard_writer *shards, struct err *err)
{
    char name[WEIGHT_NAME];

    for (size_t i = 0; i < plan->count; i++) {
        const struct tensor tensor = plan_tensor(plan, i, name);

        if (shards && i > 0 && plan->items[i].shard != plan->items[i - 1].shard)
            shard_writer_cut(shards);
        if (!safetensors_writer_declare(writer, &tensor, err)) return false;
    }
    return true;
}

static bool open_folder(struct sink *sink, const struct plan *plan, uint64_t limit, struct err *err)
{
    if (!old_folder_check(sink->path, plan->model->place.path, err) ||
        !outfolder_begin(&sink->folder, sink->path, err))
        return false;
    shard_writer_init(&sink->shards, sink->folder.temporary, limit ? limit : UINT64_MAX);
    sink->began = true;
    return declare_all(&sink->shards.declared, plan, limit ? NULL : &sink->shards, err) &&
           shard_writer_begin(&sink->shards, err);
}

static bool open_file(struct sink *sink, const struct plan *plan, const struct small_files *files,
                      struct err *err)
{
    if (!outfile_open(&sink->out, sink->path, err)) return false;
    safetensors_writer_init(&sink->writer);
    sink->began = true;
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].travels &&
            !safetensors_writer_set(&sink->writer, text_of(files->items[i].name),
                                    files->items[i].text, err))
            return false;
    return declare_all(&sink->writer, plan, NULL, err) &&
           safetensors_writer_begin(&sink->writer, &sink->out, err) &&
           outfile_flush(&sink->out, err);
}

bool sink_open(struct sink *sink, const char *path, const struct plan *plan, uint64_t limit,
               const struct small_files *files, struct err *err)
{
    *sink = (struct sink){.is_folder = sink_is_folder(path)};
    if (!is_stream(path)) sink->path = sink->is_folder ? copy_path(path) : mem_copy_text(path);
    if (sink->is_folder ? open_folder(sink, plan, limit, err) : open_file(sink, plan, files, err))
        return true;
    sink_abandon(sink);
    return false;
}

bool sink_write(struct sink *sink, const void *data, size_t len, struct err *err)
{
    return sink->is_folder ? shard_writer_write(&sink->shards, data, len, err)
                           : safetensors_writer_write(&sink->writer, data, len, err);
}

static bool commit_folder(struct sink *sink, const struct small_files *files, struct err *err)
{
    bool good = shard_writer_commit(&sink->shards, err) &&
                small_files_write(files, sink->folder.temporary, err);

    shard_writer_release(&sink->shards);
    if (good)
        good = outfolder_commit(&sink->folder, err);
    else
        outfolder_abandon(&sink->folder);
    return good;
}

static bool commit_file(struct sink *sink, struct err *err)
{
    const bool good =
        safetensors_writer_finish(&sink->writer, err) && outfile_commit(&sink->out, err);

    if (!good) outfile_abandon(&sink->out);
    safetensors_writer_release(&sink->writer);
    return good;
}

bool sink_commit(struct sink *sink, const struct small_files *files, struct err *err)
{
    const bool good = sink->is_folder ? commit_folder(sink, files, err) : commit_file(sink, err);

    mem_free(sink->path);
    *sink = (struct sink){0};
    return good;
}

void sink_abandon(struct sink *sink)
{
    if (sink->began && sink->is_folder) {
        shard_writer_release(&sink->shards);
        outfolder_abandon(&sink->folder);
    } else if (sink->began) {
        outfile_abandon(&sink->out);
        safetensors_writer_release(&sink->writer);
    }
    mem_free(sink->path);
    *sink = (struct sink){0};
}
