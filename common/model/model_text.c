#include "model/model_text.h"

#include "place/folder.h"

static const char *const names[TEXT_FILES] = {
    [TEXT_TOKENIZER] = "tokenizer.json",     [TEXT_TOKENIZER_CONFIG] = "tokenizer_config.json",
    [TEXT_TEMPLATE] = "chat_template.jinja", [TEXT_GENERATION] = "generation_config.json",
    [TEXT_CONFIG] = "config.json",
};

/* These return 1, 0 where there is no tokenizer, or -1. */
static int take_folder(struct model_text *text, const struct root *folder, struct err *err)
{
    int got;

    for (int i = 0; i < TEXT_FILES; i++)
        if (folder_map(folder, names[i], &text->files[i], err) < 0) return -1;
    if (text->files[TEXT_TOKENIZER].path) return 1;
    got = folder_map_gguf(folder, &text->gguf_file, err);
    if (got == 0)
        err_set(err, "%s: neither '%s' nor a GGUF file", folder->path, names[TEXT_TOKENIZER]);
    return got > 0 && !gguf_parse(&text->gguf, &text->gguf_file, err) ? -1 : got;
}

static int take_place(struct model_text *text, struct err *err)
{
    struct root folder;
    int got;

    if (text->place.is_gguf)
        return mapped_open(&text->gguf_file, text->place.path, err) &&
                       gguf_parse(&text->gguf, &text->gguf_file, err)
                   ? 1
                   : -1;
    if (!root_open(&folder, text->place.path, err)) return -1;
    got = take_folder(text, &folder, err);
    root_close(&folder);
    return got;
}

int model_text_find(struct model_text *text, const char *name, struct err *err)
{
    int got;

    *text = (struct model_text){0};
    if (!locate_model(&text->place, name, err)) return -1;
    got = take_place(text, err);
    text->has_gguf = text->gguf_file.path != NULL;
    if (got <= 0) model_text_close(text);
    return got;
}

bool model_text_open(struct model_text *text, const char *name, struct err *err)
{
    return model_text_find(text, name, err) > 0;
}

void model_text_close(struct model_text *text)
{
    for (int i = 0; i < TEXT_FILES; i++) mapped_close(&text->files[i]);
    gguf_release(&text->gguf);
    mapped_close(&text->gguf_file);
    place_release(&text->place);
}
