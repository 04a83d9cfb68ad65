#include "tree/tree_texts.h"

#include "records/messages.h"
#include "records/value.h"

#include <string.h>

static const char mark[] = "{prompt}";

bool tree_format_check(const char *format, struct err *err)
{
    return !format || strstr(format, mark) || tree_format_is_chat(format) ||
           err_set(err, "--prompt-format takes 'chat' or a text with %s in it, not '%.80s'", mark,
                   format);
}

bool tree_format_is_chat(const char *format)
{
    return format && strcmp(format, "chat") == 0;
}

/* Appends prompt in the place of each {prompt}. */
static void add_formatted(struct buffer *out, const char *format, struct pair *pair)
{
    for (const char *at = format;;) {
        const char *place = strstr(at, mark);

        buffer_add(out, at, place ? (size_t)(place - at) : strlen(at));
        if (!place) return;
        pair_add_text(pair, FIELD_PROMPT, out);
        at = place + strlen(mark);
    }
}

static bool ends_with(const struct buffer *text, size_t begin, struct text end)
{
    return end.len == 0 || (text->len - begin >= end.len &&
                            memcmp(text->at + text->len - end.len, end.at, end.len) == 0);
}

static void write_plain(struct tree_maker *maker, struct pair *pair)
{
    struct text end = maker->language->eos;
    struct buffer *prompt = &maker->texts[0];

    if (pair->fields[FIELD_PROMPT] && maker->rules->prompt_format)
        add_formatted(prompt, maker->rules->prompt_format, pair);
    else if (pair->fields[FIELD_PROMPT])
        pair_add_text(pair, FIELD_PROMPT, prompt);
    for (int side = 1; side < 3; side++) {
        struct buffer *text = &maker->texts[side];

        if (!pair->fields[FIELD_PROMPT + side]) continue;
        buffer_add(text, prompt->at, prompt->len);
        pair_add_text(pair, (enum field)((int)FIELD_PROMPT + side), text);
        if (!ends_with(text, prompt->len, end)) buffer_add(text, end.at, end.len);
    }
}

/* Appends the elements of a JSON array to one that is open. */
static void add_elements(struct buffer *out, const struct value *array)
{
    size_t begin = 1, end = array->len - 1;

    while (begin < end && strchr(" \t\r\n", array->at[begin])) begin++;
    if (begin == end) return;
    if (out->len > 1) buffer_byte(out, ',');
    buffer_add(out, array->at + begin, end - begin);
}

/* What a record begins with. */
static const struct value *beginning(const struct pair *pair)
{
    return pair->fields[pair->fields[FIELD_PROMPT] ? FIELD_PROMPT : FIELD_CHOSEN];
}

/* A record's 'system' stands before its messages, unless they begin with one. */
static bool needs_system(struct pair *pair)
{
    struct message first;
    struct err err;

    if (!pair->fields[FIELD_SYSTEM] || pair->fields[FIELD_SYSTEM]->len == 2) return false;
    if (beginning(pair)->kind != KIND_ARRAY) return true;
    scan_json(&pair->inner, beginning(pair)->at, beginning(pair)->len);
    return !pair->inner.count ||
           !message_parse(&pair->inner.members[0].value, &pair->message, &first, &err) ||
           !value_is(first.role, TEXT("system"));
}

/* Appends what one field says: messages, or a string as one message of that role. */
static void add_said(struct buffer *out, const struct value *said, const char *role)
{
    if (said->kind == KIND_ARRAY) {
        add_elements(out, said);
        return;
    }
    if (out->len > 1) buffer_byte(out, ',');
    buffer_format(out, "{\"role\":\"%s\",\"content\":", role);
    buffer_add(out, said->at, said->len);
    buffer_byte(out, '}');
}

static bool render(struct tree_maker *maker, struct pair *pair, enum field answer,
                   struct buffer *out, struct err *err)
{
    struct buffer *messages = &maker->messages;
    struct template_input input = language_input(maker->language);

    messages->len = 0;
    buffer_byte(messages, '[');
    if (needs_system(pair)) {
        buffer_text(messages, "{\"role\":\"system\",\"content\":");
        buffer_add(messages, pair->fields[FIELD_SYSTEM]->at, pair->fields[FIELD_SYSTEM]->len);
        buffer_byte(messages, '}');
    }
    if (pair->fields[FIELD_PROMPT]) add_said(messages, pair->fields[FIELD_PROMPT], "user");
    if (answer != FIELD_PROMPT) add_said(messages, pair->fields[answer], "assistant");
    buffer_byte(messages, ']');
    input.messages = (struct text){messages->at, messages->len};
    input.add_generation_prompt = answer == FIELD_PROMPT;
    return template_render(maker->language->template, &input, out, err);
}

bool tree_texts(struct tree_maker *maker, struct pair *pair, bool *special, struct err *err)
{
    const bool chat =
        tree_format_is_chat(maker->rules->prompt_format) && pair->fields[FIELD_PROMPT];

    for (int i = 0; i < 3; i++) maker->texts[i].len = 0;
    *special = beginning(pair)->kind != KIND_ARRAY && !chat;
    maker->system_lost = *special && needs_system(pair);
    if (*special) {
        write_plain(maker, pair);
        return true;
    }
    if (!maker->language->template)
        return err_set(err, "%s, and the model has no chat template",
                       chat ? "the prompt is to be a message" : "the record holds messages");
    for (int i = 0; i < 3; i++) {
        const enum field field = (enum field)((int)FIELD_PROMPT + i);

        if (pair->fields[field] && !render(maker, pair, field, &maker->texts[i], err)) return false;
    }
    return true;
}
