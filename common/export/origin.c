#include "export/origin.h"

#include "core/lines.h"
#include "model/config_json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const keys[TEXT_FILES] = {
    [TEXT_TOKENIZER] = "tokenizer.json",     [TEXT_TOKENIZER_CONFIG] = "tokenizer_config.json",
    [TEXT_TEMPLATE] = "chat_template.jinja", [TEXT_GENERATION] = "generation_config.json",
    [TEXT_CONFIG] = "config.json",
};

static int by_name(const void *a, const void *b)
{
    const struct text x = (*(const struct tensor *const *)a)->name;
    const struct text y = (*(const struct tensor *const *)b)->name;
    const int order = memcmp(x.at, y.at, x.len < y.len ? x.len : y.len);

    return order ? order : (x.len > y.len) - (x.len < y.len);
}

/* File by file, by name: so the reference converter takes them. */
static void order_shards(struct origin *origin)
{
    const struct shards *shards = &origin->model.shards;
    size_t begin = 0;

    origin->count = shards->count;
    origin->tensors = mem_alloc(mem_product(shards->count, sizeof(struct tensor *)));
    if (!shards->count) return;
    memcpy(origin->tensors, shards->tensors, shards->count * sizeof(struct tensor *));
    for (size_t i = 0; i < shards->file_count; i++) {
        const size_t count = shards->files[i].header.count;

        if (count) qsort(origin->tensors + begin, count, sizeof(struct tensor *), by_name);
        begin += count;
    }
}

static void list_gguf(struct origin *origin)
{
    const struct gguf *gguf = &origin->model.gguf;

    origin->count = gguf->tensor_count;
    origin->tensors = mem_alloc(mem_product(gguf->tensor_count, sizeof(struct tensor *)));
    for (size_t i = 0; i < gguf->tensor_count; i++) origin->tensors[i] = &gguf->tensors[i];
}

/* The last part of the path, or what the hub calls it: a folder of its cache is named by a hash. */
static char *title_of(const char *name, const char *path)
{
    char whole[PATH_MAX];
    const char *last;

    if (access(name, F_OK) != 0) return mem_format("%.*s", (int)strcspn(name, "@"), name);
    if (!realpath(path, whole)) return NULL;
    last = strrchr(whole, '/');
    return last && last[1] ? mem_copy_text(last + 1) : NULL;
}

static bool take_files(struct origin *origin, const char *name, struct err *err)
{
    if (!model_text_open(&origin->files, name, err)) return false;
    for (int i = 0; i < TEXT_FILES; i++) {
        const struct mapped *file = &origin->files.files[i];

        if (!file->path) continue;
        origin->texts[i] = (struct text){file->at ? (const char *)file->at : "", (size_t)file->len};
        origin->names[i] = mem_copy_text(file->path);
    }
    if (origin->texts[TEXT_TOKENIZER].at) return true;
    return err_set(err, "%s: there is no 'tokenizer.json', which the file needs",
                   origin->model.place.path);
}

static bool open_place(struct origin *origin, const char *name, struct err *err)
{
    if (!model_open(&origin->model, name, err)) return false;
    origin->path = origin->model.place.path;
    origin->has_gguf = origin->model.gguf_file.path != NULL;
    if (origin->has_gguf) {
        list_gguf(origin);
        return true;
    }
    order_shards(origin);
    origin->title = title_of(name, origin->path);
    return take_files(origin, name, err);
}

static bool take_metadata(struct origin *origin, struct err *err)
{
    for (int i = 0; i < TEXT_FILES; i++) {
        origin->texts[i] = st_header_metadata(&origin->stream.header, keys[i]);
        origin->names[i] = mem_format("%s: %s", path_shown(origin->path), keys[i]);
    }
    for (int i = 0; i < TEXT_FILES; i++)
        if ((i == TEXT_CONFIG || i == TEXT_TOKENIZER) && !origin->texts[i].at)
            return err_set(err, "%s: its '__metadata__' holds no '%s'", path_shown(origin->path),
                           keys[i]);
    return true;
}

/* The declared tensors pass for those of a folder, so that the same is checked of them. */
static bool check_weights(struct origin *origin, struct err *err)
{
    struct shards shards = {.count = origin->count, .tensors = origin->tensors};
    bool good;

    for (size_t i = 0; i < origin->count; i++)
        lookup_add(&shards.by_name, origin->tensors[i]->name, i);
    good = weights_from_shards(&origin->model.weights, &origin->model.config, &shards,
                               path_shown(origin->path), err);
    lookup_release(&shards.by_name);
    return good;
}

static bool open_stream(struct origin *origin, struct err *err)
{
    const int fd = open_input("-", err);

    origin->path = "-";
    origin->streamed = true;
    if (fd < 0) return false;
    if (!safetensors_stream_open(&origin->stream, fd, "-", err)) return false;
    origin->count = origin->stream.header.count;
    origin->tensors = mem_alloc(mem_product(origin->count, sizeof(struct tensor *)));
    for (size_t i = 0; i < origin->count; i++)
        origin->tensors[i] = &origin->stream.header.tensors[i];
    return take_metadata(origin, err) &&
           config_from_json(&origin->model.config, origin->texts[TEXT_CONFIG],
                            origin->names[TEXT_CONFIG], err) &&
           check_weights(origin, err);
}

bool origin_open(struct origin *origin, const char *name, struct err *err)
{
    *origin = (struct origin){.path = name, .stream.fd = -1};
    if (strcmp(name, "-") == 0 ? open_stream(origin, err) : open_place(origin, name, err))
        return true;
    origin_close(origin);
    return false;
}

int origin_next(struct origin *origin, const struct tensor **tensor, struct err *err)
{
    return safetensors_stream_next(&origin->stream, tensor, err);
}

const unsigned char *origin_read(struct origin *origin, const struct tensor *tensor,
                                 uint64_t offset, size_t len, unsigned char *room, struct err *err)
{
    if (!origin->streamed) return tensor->at + offset;
    return safetensors_stream_read(&origin->stream, room, len, err) ? room : NULL;
}

void origin_close(struct origin *origin)
{
    for (int i = 0; i < TEXT_FILES; i++) mem_free(origin->names[i]);
    mem_free(origin->title);
    mem_free(origin->tensors);
    model_text_close(&origin->files);
    safetensors_stream_close(&origin->stream);
    model_close(&origin->model);
    *origin = (struct origin){.stream.fd = -1};
}
