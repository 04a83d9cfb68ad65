#include "safetensors/shards.h"

#include "safetensors/lexer.h"
#include "safetensors/root.h"
#include "safetensors/shard_index.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char single[] = "model.safetensors";
static const char index_name[] = "model.safetensors.index.json";

/* Opens one file of the folder as the next of shards: 1, 0 when there is none, -1. */
static int take_file(struct shards *shards, const struct root *root, const char *name,
                     struct err *err)
{
    int fd, got = root_file(root, name, &fd, err);
    char *path;

    if (got <= 0) return got;
    path = root_path(root, name);
    got = safetensors_take(&shards->files[shards->file_count], fd, path, err) ? 1 : -1;
    if (got > 0) shards->file_count++;
    mem_free(path);
    return got;
}

static void gather(struct shards *shards)
{
    size_t total = 0;

    for (size_t i = 0; i < shards->file_count; i++) total += shards->files[i].header.count;
    shards->tensors = mem_zero(total, sizeof(struct tensor *));
    for (size_t i = 0; i < shards->file_count; i++) {
        const struct st_header *header = &shards->files[i].header;

        for (size_t j = 0; j < header->count; j++) {
            lookup_add(&shards->by_name, header->tensors[j].name, shards->count);
            shards->tensors[shards->count++] = &header->tensors[j];
        }
    }
}

/* A file with more tensors than the index places in it. */
static bool tell_extra(const struct shard_index *index, const struct st_header *header, size_t file,
                       struct err *err)
{
    for (size_t i = 0; i < header->count; i++) {
        struct text name = header->tensors[i].name;
        const size_t *entry = lookup_find(&index->by_name, name);

        if (!entry)
            return err_set(err, "'%.*s' is in '%s', but not in the index", SHOWN(name),
                           index->files[file].name);
        if (index->entries[*entry].file != file)
            return err_set(err, "'%.*s' is in '%s', too, not only in '%s'", SHOWN(name),
                           index->files[file].name, index->files[index->entries[*entry].file].name);
    }
    return true;
}

/* Index and files name the same tensors in the same places, so that none is in two. */
static bool agree(const struct shards *shards, const struct shard_index *index, struct err *err)
{
    for (size_t i = 0; i < index->count; i++) {
        const struct shard_entry *entry = &index->entries[i];

        if (!safetensors_find(&shards->files[entry->file], entry->name))
            return err_set(err, "'%.*s' is not in '%s'", SHOWN(entry->name),
                           index->files[entry->file].name);
    }
    for (size_t i = 0; i < shards->file_count; i++)
        if (shards->files[i].header.count != index->files[i].count)
            return tell_extra(index, &shards->files[i].header, i, err);
    return true;
}

static bool take_shards(struct shards *shards, const struct root *root,
                        const struct shard_index *index, const char *index_path, struct err *err)
{
    shards->files = mem_zero(index->file_count, sizeof *shards->files);
    for (size_t i = 0; i < index->file_count; i++) {
        int got = take_file(shards, root, index->files[i].name, err);

        if (got < 0) return false;
        if (got == 0)
            return err_set(err, "%s: '%s' is not there", index_path, index->files[i].name);
    }
    return agree(shards, index, err) || err_prefix(err, "%s", index_path);
}

static bool read_index(struct shard_index *index, int fd, const char *path, struct err *err)
{
    struct mapped file;
    bool good;

    if (!mapped_take(&file, fd, path, err)) return false;
    if (file.len > SHARD_INDEX_LIMIT)
        good = err_set(err, "larger than %llu bytes", (unsigned long long)SHARD_INDEX_LIMIT);
    else
        good = shard_index_parse(index, (struct text){(const char *)file.at, file.len}, err);
    if (!good) err_prefix(err, "%s", path);
    mapped_close(&file);
    return good;
}

static bool take_indexed(struct shards *shards, const struct root *root, int fd, struct err *err)
{
    struct shard_index index = {0};
    char *path = root_path(root, index_name);
    bool good = read_index(&index, fd, path, err) && take_shards(shards, root, &index, path, err);

    shard_index_release(&index);
    mem_free(path);
    return good;
}

/* pytorch_model.bin, or one of its shards. */
static bool is_pickle(const char *name)
{
    static const char beginning[] = "pytorch_model", ending[] = ".bin";
    size_t len = strlen(name);

    return strncmp(name, beginning, sizeof beginning - 1) == 0 && len >= sizeof ending &&
           strcmp(name + len - (sizeof ending - 1), ending) == 0;
}

static bool tell_nothing(const char *folder, struct err *err)
{
    DIR *list = opendir(folder);
    bool pickles = false;

    for (struct dirent *entry; list && !pickles && (entry = readdir(list));)
        pickles = is_pickle(entry->d_name);
    if (list) closedir(list);
    if (pickles)
        return err_set(err, "%s: only pickled weights: convert them to safetensors", folder);
    return err_set(err, "%s: neither %s nor %s", folder, single, index_name);
}

static bool take_folder(struct shards *shards, const struct root *root, struct err *err)
{
    int fd, got;

    shards->files = mem_zero(1, sizeof *shards->files);
    got = take_file(shards, root, single, err);
    if (got) return got > 0;
    mem_free(shards->files);
    shards->files = NULL;
    got = root_file(root, index_name, &fd, err);
    if (got < 0) return false;
    return got ? take_indexed(shards, root, fd, err) : tell_nothing(root->path, err);
}

bool shards_open(struct shards *shards, const char *folder, struct err *err)
{
    struct root root;
    bool good;

    *shards = (struct shards){0};
    if (!root_open(&root, folder, err)) return false;
    good = take_folder(shards, &root, err);
    root_close(&root);
    if (good)
        gather(shards);
    else
        shards_close(shards);
    return good;
}

const struct tensor *shards_find(const struct shards *shards, struct text name)
{
    const size_t *index = lookup_find(&shards->by_name, name);

    return index ? shards->tensors[*index] : NULL;
}

void shards_close(struct shards *shards)
{
    for (size_t i = 0; i < shards->file_count; i++) safetensors_close(&shards->files[i]);
    mem_free(shards->files);
    mem_free((void *)shards->tensors);
    lookup_release(&shards->by_name);
    *shards = (struct shards){0};
}
