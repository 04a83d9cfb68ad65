#include "pull/wanted.h"

#include "core/lines.h"
#include "safetensors/shard_index.h"

#include <string.h>

const char wanted_index[] = "model.safetensors.index.json";

static void add(struct wanted *wanted, size_t file)
{
    wanted->files = mem_room(wanted->files, wanted->count, &wanted->room, sizeof *wanted->files);
    wanted->files[wanted->count++] = file;
}

static bool add_named(struct wanted *wanted, const struct listing *listing, const char *name)
{
    struct listed *file = listing_find(listing, name);

    if (file) add(wanted, (size_t)(file - listing->files));
    return file != NULL;
}

static bool ends_in(const char *name, const char *end)
{
    const size_t len = strlen(name), tail = strlen(end);

    return len > tail && strcmp(name + len - tail, end) == 0;
}

/* No weights that can be read: says what is there in their place. */
static bool add_gguf(struct wanted *wanted, const struct listing *listing, const char *name,
                     struct err *err)
{
    size_t count = 0, found = 0;
    bool pickles = false;

    for (size_t i = 0; i < listing->count; i++) {
        const char *file = listing->files[i].name;

        if (ends_in(file, ".gguf") && count++ == 0) found = i;
        pickles |= ends_in(file, ".bin") || ends_in(file, ".pth") || ends_in(file, ".pt");
    }
    wanted->count = 0;
    if (count == 1) {
        add(wanted, found);
        return true;
    }
    if (count)
        return err_set(err, "%s: %zu GGUF files, of which one must be named: %s:%s (see --list)",
                       name, count, name, listing->files[found].name);
    if (pickles)
        return err_set(err,
                       "%s: its weights are there as pickles alone, which can run programs: only "
                       "safetensors and GGUF files are fetched",
                       name);
    return err_set(err, "%s: no weights, neither as safetensors nor as GGUF", name);
}

bool wanted_model(struct wanted *wanted, const struct listing *listing, const char *name,
                  struct err *err)
{
    static const char *const beside[] = {
        "config.json",           "generation_config.json",  "tokenizer.json",
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja",   "adapter_config.json",
    };

    *wanted = (struct wanted){0};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
        add_named(wanted, listing, beside[i]);
    if (add_named(wanted, listing, "model.safetensors")) return true;
    wanted->indexed = add_named(wanted, listing, wanted_index);
    if (wanted->indexed || add_named(wanted, listing, "adapter_model.safetensors")) return true;
    return add_gguf(wanted, listing, name, err);
}

bool wanted_file(struct wanted *wanted, const struct listing *listing, const char *name,
                 const char *file, struct err *err)
{
    *wanted = (struct wanted){0};
    return add_named(wanted, listing, file) ||
           err_set(err, "%s: there is no file '%s' (see --list)", name, file);
}

static bool add_shards(struct wanted *wanted, const struct listing *listing,
                       const struct shard_index *index, const char *path, struct err *err)
{
    for (size_t i = 0; i < index->file_count; i++)
        if (!add_named(wanted, listing, index->files[i].name))
            return err_set(err, "%s: names '%s', which the repository does not have", path,
                           index->files[i].name);
    return true;
}

bool wanted_shards(struct wanted *wanted, const struct listing *listing, const char *path,
                   struct err *err)
{
    struct buffer text = {0};
    struct shard_index index;
    bool good = read_whole_file(path, &text, SHARD_INDEX_LIMIT, err);

    *wanted = (struct wanted){0};
    if (good && !shard_index_parse(&index, (struct text){text.at, text.len}, err)) {
        good = err_prefix(err, "%s", path);
    } else if (good) {
        good = add_shards(wanted, listing, &index, path, err);
        shard_index_release(&index);
    }
    buffer_release(&text);
    return good;
}

void wanted_release(struct wanted *wanted)
{
    mem_free(wanted->files);
    *wanted = (struct wanted){0};
}
