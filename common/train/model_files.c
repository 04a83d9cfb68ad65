#include "train/model_files.h"

#include "core/memory.h"
#include "core/outfile.h"
#include "model/config_text.h"
#include "model/model_text.h"

static bool write_text(const char *folder, const char *name, struct text text, struct err *err)
{
    char *path = mem_format("%s/%s", folder, name);
    const bool good = outfile_put(path, text, err);

    mem_free(path);
    return good;
}

static bool copy(const struct model_text *text, enum text_file file, const char *folder,
                 const char *name, struct err *err)
{
    const struct mapped *mapped = &text->files[file];

    if (!mapped->path) return true;
    return write_text(folder, name, (struct text){(const char *)mapped->at, mapped->len}, err);
}

bool model_files_copy(const char *model, const char *folder, struct err *err)
{
    struct model_text text;
    bool good;

    if (!model_text_open(&text, model, err)) return false;
    good = copy(&text, TEXT_TOKENIZER, folder, "tokenizer.json", err) &&
           copy(&text, TEXT_TOKENIZER_CONFIG, folder, "tokenizer_config.json", err) &&
           copy(&text, TEXT_TEMPLATE, folder, "chat_template.jinja", err);
    model_text_close(&text);
    return good;
}

static bool write_config(const struct mapped *file, const char *folder, struct err *err)
{
    const struct text base = {(const char *)file->at, file->len};
    struct buffer written = {0};
    const bool good =
        config_text_change(base, file->path, NULL, "float32", &written, err) &&
        write_text(folder, "config.json", (struct text){written.at, written.len}, err);

    buffer_release(&written);
    return good;
}

static bool has_config(const struct model_text *text, const char *model, struct err *err)
{
    return text->files[TEXT_CONFIG].path ||
           err_set(err, "%s has no config.json that trained weights could go with", model);
}

bool model_files_check(const char *model, struct err *err)
{
    struct model_text text;
    bool good;

    if (!model_text_open(&text, model, err)) return false;
    good = has_config(&text, model, err);
    model_text_close(&text);
    return good;
}

bool model_files_config(const char *model, const char *folder, struct err *err)
{
    struct model_text text;
    bool good;

    if (!model_text_open(&text, model, err)) return false;
    good = has_config(&text, model, err) && write_config(&text.files[TEXT_CONFIG], folder, err) &&
           copy(&text, TEXT_GENERATION, folder, "generation_config.json", err);
    model_text_close(&text);
    return good;
}
