#include "export/token_file.h"

#include <string.h>

static void keep(struct text *part, struct text value)
{
    if (!text_is(value, "null")) *part = value;
}

static bool read_model(struct token_file *file, struct json *json)
{
    bool first = true;
    struct text key, value;
    int more;

    if (!json_enter(json, '{')) return false;
    while ((more = json_key(json, &first, &key)) == 1) {
        const bool merges = text_is(key, "merges");

        if (!json_pass(json, &value)) return false;
        if (merges) keep(&file->merges, value);
    }
    return more == 0;
}

static bool read_whole(struct token_file *file, struct json *json)
{
    bool first = true;
    struct text key, value;
    int more;

    if (!json_enter(json, '{')) return false;
    while ((more = json_key(json, &first, &key)) == 1) {
        const bool after = text_is(key, "post_processor");

        if (text_is(key, "model") && json_peek(json) == '{') {
            if (!read_model(file, json)) return false;
            continue;
        }
        if (!json_pass(json, &value)) return false;
        if (after) keep(&file->processor, value);
    }
    return more == 0;
}

bool token_file_read(struct token_file *file, struct text text, const char *name, struct err *err)
{
    struct json json;
    bool good;

    *file = (struct token_file){0};
    json_open(&json, text);
    good = read_whole(file, &json);
    if (!good)
        err_set(err, "%s: byte %zu: %s", name, (size_t)(json.at - json.start) + 1, json.problem);
    json_release(&json);
    return good;
}

static bool take_half(struct json *json, struct buffer *half)
{
    struct text text;

    if (!json_text(json, &text)) return false;
    buffer_add(half, text.at, text.len);
    return true;
}

/* 'left right', or ["left", "right"]. */
static bool take_merge(struct json *json, struct buffer halves[2])
{
    bool first = true;
    const char *space;
    struct text text;

    if (json_peek(json) == '[')
        return json_enter(json, '[') && json_item(json, &first) == 1 &&
               take_half(json, &halves[0]) && json_item(json, &first) == 1 &&
               take_half(json, &halves[1]) && json_item(json, &first) == 0;
    if (!json_text(json, &text)) return false;
    space = memchr(text.at, ' ', text.len);
    if (!space) return json_fail(json, "a merge without a space");
    buffer_add(&halves[0], text.at, (size_t)(space - text.at));
    buffer_add(&halves[1], space + 1, text.len - (size_t)(space - text.at) - 1);
    return true;
}

int token_file_merge(struct json *json, bool *first, struct buffer halves[2])
{
    const int more = json_item(json, first);

    halves[0].len = halves[1].len = 0;
    if (more != 1) return more;
    return take_merge(json, halves) ? 1 : -1;
}
