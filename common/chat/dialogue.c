#include "chat/dialogue.h"

#include "records/messages.h"
#include "records/value.h"

#include <string.h>

static const char mark[] = "{prompt}";

void dialogue_init(struct dialogue *dialogue, const struct language *language)
{
    *dialogue = (struct dialogue){.language = language};
    encoder_init(&dialogue->encoder, language->tokenizer);
    dialogue->encoder.guarded = true;
}

void dialogue_release(struct dialogue *dialogue)
{
    dialogue_cut(dialogue, 0);
    mem_free(dialogue->turns);
    encoder_release(&dialogue->encoder);
    buffer_release(&dialogue->text);
    buffer_release(&dialogue->json);
    buffer_release(&dialogue->inner);
    scan_release(&dialogue->scan);
    *dialogue = (struct dialogue){0};
}

void dialogue_cut(struct dialogue *dialogue, size_t count)
{
    while (dialogue->count > count) buffer_release(&dialogue->turns[--dialogue->count]);
}

static struct buffer *new_turn(struct dialogue *dialogue)
{
    dialogue->turns =
        mem_room(dialogue->turns, dialogue->count, &dialogue->room, sizeof *dialogue->turns);
    dialogue->turns[dialogue->count] = (struct buffer){0};
    return &dialogue->turns[dialogue->count++];
}

void dialogue_add(struct dialogue *dialogue, const char *role, struct text content)
{
    struct buffer *turn = new_turn(dialogue);

    buffer_format(turn, "{\"role\":\"%s\",\"content\":", role);
    text_quote(turn, content);
    buffer_byte(turn, '}');
}

bool dialogue_add_all(struct dialogue *dialogue, const struct value *messages, struct err *err)
{
    struct scan list = {0};
    const bool good = messages_check(messages, &list, &dialogue->scan, err);

    for (size_t i = 0; good && i < list.count; i++)
        buffer_add(new_turn(dialogue), list.members[i].value.at, list.members[i].value.len);
    scan_release(&list);
    return good;
}

void dialogue_begin(struct dialogue *dialogue, struct text system)
{
    dialogue_cut(dialogue, 0);
    if (system.len) dialogue_add(dialogue, "system", system);
}

/* All turns were checked, or written here. */
static void parse_turn(const struct buffer *turn, struct scan *scan, struct message *message)
{
    const struct value element = {.at = turn->at, .len = turn->len, .kind = KIND_OBJECT};
    struct err err;

    if (!message_parse(&element, scan, message, &err)) *message = (struct message){0};
}

bool dialogue_has_system(const struct dialogue *dialogue)
{
    struct scan scan = {0};
    struct message first = {0};
    bool has;

    if (dialogue->count) parse_turn(&dialogue->turns[0], &scan, &first);
    has = first.role && value_is(first.role, TEXT("system"));
    scan_release(&scan);
    return has;
}

/* The content with guards, in dialogue->inner. */
static struct text guard(struct dialogue *dialogue, const struct value *content)
{
    struct buffer plain = {0};

    value_unescape(content, &plain);
    dialogue->inner.len = 0;
    tokenizer_guard(dialogue->language->tokenizer, (struct text){plain.at, plain.len},
                    &dialogue->inner);
    buffer_release(&plain);
    return (struct text){dialogue->inner.at, dialogue->inner.len};
}

/* The conversation as a template is given it: all as it came but the contents. */
static void write_guarded(struct dialogue *dialogue)
{
    struct buffer *json = &dialogue->json;
    struct message message;

    json->len = 0;
    buffer_byte(json, '[');
    for (size_t i = 0; i < dialogue->count; i++) {
        const struct buffer *turn = &dialogue->turns[i];
        size_t begin;

        parse_turn(turn, &dialogue->scan, &message);
        if (i) buffer_byte(json, ',');
        if (!message.content) continue;
        begin = (size_t)(message.content->at - turn->at);
        buffer_add(json, turn->at, begin);
        text_quote(json, guard(dialogue, message.content));
        begin += message.content->len;
        buffer_add(json, turn->at + begin, turn->len - begin);
    }
    buffer_byte(json, ']');
}

static bool render(struct dialogue *dialogue, struct err *err)
{
    struct template_input input = language_input(dialogue->language);

    write_guarded(dialogue);
    input.messages = (struct text){dialogue->json.at, dialogue->json.len};
    input.add_generation_prompt = true;
    return template_render(dialogue->language->template, &input, &dialogue->text, err);
}

static void add_formatted(struct buffer *out, const char *format, struct text prompt)
{
    for (const char *at = format;;) {
        const char *place = strstr(at, mark);

        buffer_add(out, at, place ? (size_t)(place - at) : strlen(at));
        if (!place) return;
        buffer_add(out, prompt.at, prompt.len);
        at = place + strlen(mark);
    }
}

static void write_plain(struct dialogue *dialogue)
{
    for (size_t i = 0; i < dialogue->count; i++) {
        struct message message;
        struct text content;

        parse_turn(&dialogue->turns[i], &dialogue->scan, &message);
        if (!message.content) continue;
        content = guard(dialogue, message.content);
        if (!value_is(message.role, TEXT("user"))) {
            buffer_add(&dialogue->text, content.at, content.len);
            buffer_byte(&dialogue->text, '\n');
        } else {
            add_formatted(&dialogue->text, dialogue->prompt_format ? dialogue->prompt_format : mark,
                          content);
        }
    }
}

bool dialogue_ids(struct dialogue *dialogue, struct ids *ids, struct err *err)
{
    const bool plain = dialogue->prompt_format || !dialogue->language->template;

    dialogue->text.len = 0;
    ids->count = 0;
    if (plain)
        write_plain(dialogue);
    else if (!render(dialogue, err))
        return false;
    if (dialogue->prefill) buffer_text(&dialogue->text, dialogue->prefill);
    return tokenizer_encode(&dialogue->encoder,
                            (struct text){dialogue->text.at, dialogue->text.len}, plain, ids, err);
}

void dialogue_write(const struct dialogue *dialogue, struct buffer *out)
{
    buffer_byte(out, '[');
    for (size_t i = 0; i < dialogue->count; i++) {
        if (i) buffer_byte(out, ',');
        buffer_add(out, dialogue->turns[i].at, dialogue->turns[i].len);
    }
    buffer_byte(out, ']');
}
