#include "place/ollama_name.h"

#include "core/memory.h"

#include <string.h>

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool take(char *out, size_t room, struct text part, const char *others)
{
    if (part.len == 0 || part.len > room - 2 || !is_alphanumeric(part.at[0])) return false;
    for (size_t i = 0; i < part.len; i++)
        if (!is_alphanumeric(part.at[i]) && !strchr(others, part.at[i])) return false;
    memcpy(out, part.at, part.len);
    out[part.len] = '\0';
    return true;
}

/* The part behind the last '/' of what is left, which it is taken from. */
static struct text last_part(struct text *left)
{
    const char *slash = memrchr(left->at, '/', left->len);
    const size_t begin = slash ? (size_t)(slash - left->at) + 1 : 0;
    const struct text part = {left->at + begin, left->len - begin};

    left->len = slash ? begin - 1 : 0;
    return part;
}

static bool parse(struct ollama_name *name, const char *text)
{
    struct text left = text_of(text), model = last_part(&left), tag = TEXT("latest");
    const bool has_space = model.len < strlen(text);
    struct text space = has_space ? last_part(&left) : TEXT("library");
    const bool has_host = has_space && model.len + 1 + space.len < strlen(text);
    const struct text host = has_host ? left : TEXT("registry.ollama.ai");
    const char *colon = memchr(model.at, ':', model.len);

    if (colon) {
        tag = (struct text){colon + 1, (size_t)(model.at + model.len - colon) - 1};
        model.len = (size_t)(colon - model.at);
    }
    return take(name->host, sizeof name->host, host, "-.:") &&
           take(name->space, sizeof name->space, space, "-") &&
           take(name->model, sizeof name->model, model, "-.") &&
           take(name->tag, sizeof name->tag, tag, "-.");
}

bool ollama_name_parse(struct ollama_name *name, const char *text, struct err *err)
{
    return parse(name, text) ||
           err_set(err, "ollama:%s: not a name of a model: [HOST/][SPACE/]MODEL[:TAG]", text);
}
