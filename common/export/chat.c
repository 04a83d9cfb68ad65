#include "export/chat.h"

#include "place/object.h"

#include <string.h>

static const char key[] = "chat_template";

static void write_default(struct gguf_writer *writer, struct text template)
{
    if (template.len) gguf_writer_text(writer, "tokenizer.chat_template", template);
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A name as a part of a key: other characters than letters and digits are '_'. */
static void write_named(struct gguf_writer *writer, const char *name, const char *template)
{
    char *path = mem_format("tokenizer.chat_template.%s", name);

    for (char *at = path + strlen("tokenizer.chat_template."); *at; at++)
        if (!is_plain(*at)) *at = '_';
    if (*template) gguf_writer_text(writer, path, text_of(template));
    mem_free(path);
}

/* False where there is no such template in the list. */
static bool item(const struct object *config, size_t at, const char **name, const char **template)
{
    struct object object;
    struct err ignored;

    return object_list_inner(config, key, at, &object) &&
           object_text(&object, "name", name, &ignored) == 1 && **name &&
           object_text(&object, "template", template, &ignored) == 1;
}

static bool is_taken(const struct object *config, size_t count, const char *name)
{
    const char *other, *template;

    for (size_t i = 0; i < count; i++)
        if (item(config, i, &other, &template) && strcmp(other, name) == 0) return true;
    return false;
}

static bool write_list(const struct object *config, size_t count, struct gguf_writer *writer,
                       struct err *err)
{
    const char *name, *template, *whole = NULL;
    size_t named = 0;

    for (size_t i = 0; i < count; i++) {
        if (!item(config, i, &name, &template)) continue;
        if (is_taken(config, i, name))
            return object_fail(config, key, err, "holds '%.80s' twice", name);
        if (strcmp(name, "default") == 0) {
            whole = template;
            continue;
        }
        write_named(writer, name, template);
        named++;
    }
    if (named) gguf_writer_array(writer, "tokenizer.chat_templates", GGUF_TEXT, named);
    for (size_t i = 0; named && i < count; i++)
        if (item(config, i, &name, &template) && strcmp(name, "default") != 0)
            gguf_writer_item_text(writer, text_of(name));
    if (whole) write_default(writer, text_of(whole));
    return true;
}

static bool write_config(const struct object *config, struct gguf_writer *writer, struct err *err)
{
    const char *template;
    struct err other;
    size_t count;

    if (object_list(config, key, &count, &other) == 1)
        return write_list(config, count, writer, err);
    switch (object_text(config, key, &template, err)) {
    case 1: write_default(writer, text_of(template)); return true;
    case 0: return true;
    default: return false;
    }
}

bool chat_write(const struct origin *origin, struct gguf_writer *writer, struct err *err)
{
    struct object config;
    bool good;

    if (origin->texts[TEXT_TEMPLATE].at) {
        write_default(writer, origin->texts[TEXT_TEMPLATE]);
        return true;
    }
    if (!origin->texts[TEXT_TOKENIZER_CONFIG].at) return true;
    if (!object_parse_huge(&config, origin->texts[TEXT_TOKENIZER_CONFIG],
                           origin->names[TEXT_TOKENIZER_CONFIG], err))
        return false;
    good = write_config(&config, writer, err);
    object_release(&config);
    return good;
}
