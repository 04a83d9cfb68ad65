#include "fold/small_files.h"

#include "core/outfile.h"
#include "fold/tokenizer_text.h"
#include "model/config_text.h"
#include "place/folder.h"
#include "run/chain.h"
#include "run/metadata.h"

#include <assert.h>

static const struct {
    const char *name;
    bool travels;
} tokenizer_names[] = {
    {"tokenizer.json", true},      {"tokenizer_config.json", true},
    {"chat_template.jinja", true}, {"special_tokens_map.json", false},
    {"added_tokens.json", false},  {"vocab.json", false},
    {"merges.txt", false},         {"tokenizer.model", false},
};

static struct small_file *new_file(struct small_files *files, const char *name, bool travels)
{
    struct small_file *file = &files->items[files->count++];

    assert(files->count <= SMALL_FILES);
    *file = (struct small_file){.name = name, .travels = travels};
    return file;
}

/* Takes what was made; nothing is no file. */
static void settle(struct small_files *files, struct small_file *file)
{
    file->text = (struct text){file->made.at, file->made.len};
    if (file->made.len == 0) files->count--;
}

/* 1, 0 where the folder has none, or -1. */
static int take(struct small_files *files, const struct root *root, const char *name, bool travels,
                struct err *err)
{
    struct mapped map;
    const int got = folder_map(root, name, &map, err);
    struct small_file *file;

    if (got <= 0) return got;
    file = new_file(files, name, travels);
    file->map = map;
    file->text = (struct text){(const char *)map.at, map.len};
    return 1;
}

static bool take_tokenizer(struct small_files *files, const struct root *root, struct err *err)
{
    const size_t count = sizeof tokenizer_names / sizeof *tokenizer_names;

    for (size_t i = 0; i < count; i++) {
        const int got = take(files, root, tokenizer_names[i].name, tokenizer_names[i].travels, err);

        if (got < 0) return false;
        if (i == 0) files->tokenizer = got > 0;
        if (i == 0 && got == 0) return true;
    }
    return true;
}

static bool try_tokenizer(struct small_files *files, const char *folder, struct err *err)
{
    struct root root;
    bool good;

    if (!root_open(&root, folder, err)) return false;
    good = take_tokenizer(files, &root, err);
    root_close(&root);
    return good;
}

/* What a GGUF file's keys say. One whose tokenizer is not known here goes without. */
static void make_tokenizer(struct small_files *files, const struct gguf *gguf)
{
    struct buffer json = {0}, config = {0};
    struct err none;
    struct small_file *file;

    files->tokenizer = tokenizer_text_make(gguf, &json, &config, &none);
    if (files->tokenizer) {
        file = new_file(files, "tokenizer.json", true);
        file->made = json;
        settle(files, file);
        file = new_file(files, "tokenizer_config.json", true);
        file->made = config;
        settle(files, file);
        return;
    }
    buffer_release(&json);
    buffer_release(&config);
}

/* The template that a GGUF file has in its metadata. */
static void take_template(struct small_files *files, const struct gguf *gguf)
{
    struct text text;
    struct err none;
    struct small_file *file;

    if (gguf_text(gguf, "tokenizer.chat_template", &text, &none) <= 0) return;
    file = new_file(files, "chat_template.jinja", true);
    buffer_add(&file->made, text.at, text.len);
    settle(files, file);
}

static bool gather_tokenizer(struct small_files *files, const struct small_sources *sources,
                             struct err *err)
{
    const struct model *model = sources->plan->model;

    for (size_t i = sources->plan->adapter_count; i-- > 0 && !files->tokenizer;)
        if (!try_tokenizer(files, sources->adapters[i], err)) return false;
    if (!files->tokenizer && !model->place.is_gguf && !try_tokenizer(files, model->place.path, err))
        return false;
    if (!files->tokenizer && model->gguf_file.path) {
        make_tokenizer(files, &model->gguf);
        take_template(files, &model->gguf);
    }
    return true;
}

static const char *format_of(const struct plan *plan)
{
    enum dtype dtype = DTYPE_F32;

    for (size_t i = 0; i < plan->count; i++)
        if (plan->items[i].role == WEIGHT_Q) dtype = plan->items[i].dtype;
    return dtype == DTYPE_F32 ? "float32" : dtype == DTYPE_F16 ? "float16" : "bfloat16";
}

static bool make_config(struct small_files *files, const struct small_sources *sources,
                        struct err *err)
{
    const struct plan *plan = sources->plan;
    struct small_file *config = new_file(files, "config.json", true);
    struct small_file *generation;

    if (!config_text_make(&plan->model->config, plan->tied, format_of(plan),
                          plan->model->gguf_file.path, &config->made, err))
        return false;
    settle(files, config);
    generation = new_file(files, "generation_config.json", true);
    config_text_generation(&plan->model->config, &generation->made);
    settle(files, generation);
    return true;
}

/* The base's, changed where it would not be true. */
static bool take_config(struct small_files *files, const struct small_sources *sources,
                        const struct root *root, struct err *err)
{
    const struct plan *plan = sources->plan;
    const bool *tied = plan->tied != plan->model->config.tied ? &plan->tied : NULL;
    struct small_file *file;

    if (take(files, root, "config.json", true, err) <= 0)
        return err_set(err, "%s: cannot read 'config.json'", root->path);
    if (!tied && !sources->dtype) return true;
    file = &files->items[files->count - 1];
    if (!config_text_change(file->text, file->map.path, tied, sources->dtype, &file->made, err))
        return false;
    settle(files, file);
    return true;
}

static bool gather_config(struct small_files *files, const struct small_sources *sources,
                          struct err *err)
{
    const struct model *model = sources->plan->model;
    struct root root;
    bool good;

    if (model->gguf_file.path) return make_config(files, sources, err);
    if (!root_open(&root, model->place.path, err)) return false;
    good = take_config(files, sources, &root, err) &&
           take(files, &root, "generation_config.json", true, err) >= 0;
    root_close(&root);
    return good;
}

static bool gather_chain(struct small_files *files, const struct small_sources *sources,
                         struct err *err)
{
    const struct place *place = &sources->plan->model->place;
    struct small_file *file = new_file(files, METADATA_FILE, true);
    const bool good =
        chain_text(sources->adapters, sources->plan->adapter_count,
                   place->is_gguf ? NULL : place->path, sources->model, &file->made, err);

    settle(files, file);
    return good;
}

bool small_files_gather(struct small_files *files, const struct small_sources *sources,
                        struct err *err)
{
    *files = (struct small_files){0};
    if (gather_config(files, sources, err) && gather_tokenizer(files, sources, err) &&
        gather_chain(files, sources, err))
        return true;
    small_files_release(files);
    return false;
}

static bool write_one(const struct small_file *file, const char *folder, struct err *err)
{
    char *path = mem_format("%s/%s", folder, file->name);
    const bool good = outfile_put(path, file->text, err);

    mem_free(path);
    return good;
}

bool small_files_write(const struct small_files *files, const char *folder, struct err *err)
{
    for (size_t i = 0; i < files->count; i++)
        if (!write_one(&files->items[i], folder, err)) return false;
    return true;
}

void small_files_release(struct small_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        mapped_close(&files->items[i].map);
        buffer_release(&files->items[i].made);
    }
    *files = (struct small_files){0};
}
