#include "chat/prompts.h"

#include "core/lines.h"
#include "records/messages.h"
#include "records/value.h"
#include "unicode/utf8.h"

#include <string.h>

/* What a record says, its members where they stand in the line. */
struct record {
    struct scan scan;
    const struct value *id, *prompt, *system;
};

static const struct value *value_of(const struct scan *scan, const char *name)
{
    const struct member *member = scan_member(scan, name);

    return member && member->value.kind != KIND_NULL ? &member->value : NULL;
}

static bool read_record(struct record *record, struct line line, struct err *err)
{
    const struct value *messages;

    if (!scan_json(&record->scan, line.at, line.len))
        return err_set(err, "not JSON: %s at byte %zu", record->scan.problem, record->scan.column);
    record->id = value_of(&record->scan, "id");
    record->prompt = value_of(&record->scan, "prompt");
    record->system = value_of(&record->scan, "system");
    messages = value_of(&record->scan, "messages");
    if (record->id && record->id->kind != KIND_STRING && record->id->kind != KIND_NUMBER)
        return err_set(err, "'id' is %s, not a string or a number", kind_name(record->id->kind));
    if (record->system && record->system->kind != KIND_STRING)
        return err_set(err, "'system' is %s, not a string", kind_name(record->system->kind));
    if (record->prompt && messages)
        return err_set(err, "'prompt' and 'messages' exclude each other");
    if (messages && messages->kind != KIND_ARRAY)
        return err_set(err, "'messages' is %s, not an array", kind_name(messages->kind));
    if (messages) record->prompt = messages;
    if (!record->prompt) return err_set(err, "there is neither 'prompt' nor 'messages'");
    return record->prompt->kind == KIND_STRING || record->prompt->kind == KIND_ARRAY ||
           err_set(err, "'prompt' is %s, not a string or messages",
                   kind_name(record->prompt->kind));
}

static struct text last_role(const struct value *messages, struct buffer *scratch)
{
    struct scan list = {0}, inner = {0};
    struct message message;
    struct text role = {0};
    struct err err;

    scan_json(&list, messages->at, messages->len);
    if (list.count && message_parse(&list.members[list.count - 1].value, &inner, &message, &err))
        role = value_text(message.role, scratch);
    scan_release(&list);
    scan_release(&inner);
    return role;
}

/* The dialogue gets the record's conversation. */
static bool take_messages(struct prompts *prompts, const struct record *record, struct err *err)
{
    struct dialogue *dialogue = prompts->dialogue;
    struct buffer scratch = {0};
    bool answered;

    if (!dialogue->language->template || dialogue->prompt_format)
        return err_set(err, "the record holds messages, and the model has no chat template");
    dialogue_cut(dialogue, 0);
    if (!dialogue_add_all(dialogue, record->prompt, err)) return false;
    answered = text_is(last_role(record->prompt, &scratch), "assistant");
    buffer_release(&scratch);
    if (answered)
        return err_set(err, "the conversation ends with an answer: nothing is left to be said");
    if (dialogue_has_system(dialogue)) return true;
    scratch = (struct buffer){0};
    if (record->system)
        value_unescape(record->system, &scratch);
    else
        buffer_add(&scratch, prompts->system.at, prompts->system.len);
    dialogue_begin(dialogue, (struct text){scratch.at, scratch.len});
    buffer_release(&scratch);
    return dialogue_add_all(dialogue, record->prompt, err);
}

static void take_text(struct prompts *prompts, struct text system, struct text text)
{
    dialogue_begin(prompts->dialogue, system);
    dialogue_add(prompts->dialogue, "user", text);
}

static bool take_record(struct prompts *prompts, const struct record *record, struct err *err)
{
    struct buffer system = {0}, text = {0};

    if (record->prompt->kind == KIND_ARRAY) return take_messages(prompts, record, err);
    if (record->system) value_unescape(record->system, &system);
    value_unescape(record->prompt, &text);
    take_text(prompts, record->system ? (struct text){system.at, system.len} : prompts->system,
              (struct text){text.at, text.len});
    buffer_release(&system);
    buffer_release(&text);
    return true;
}

static struct prompt *new_prompt(struct prompts *prompts)
{
    prompts->items =
        mem_room(prompts->items, prompts->count, &prompts->room, sizeof *prompts->items);
    prompts->ids = mem_room(prompts->ids, prompts->count, &prompts->ids_room, sizeof *prompts->ids);
    prompts->items[prompts->count] = (struct prompt){0};
    prompts->ids[prompts->count] = (struct ids){0};
    return &prompts->items[prompts->count++];
}

static bool take_plain(struct prompts *prompts, struct line line, struct buffer *head,
                       struct err *err)
{
    const struct text text = {line.at, line.len};
    const char *fault = utf8_fault(text);

    if (fault) return err_set(err, "byte %zu is not UTF-8", (size_t)(fault - line.at) + 1);
    take_text(prompts, prompts->system, text);
    buffer_text(head, "{\"prompt\":");
    text_quote(head, text);
    return true;
}

static bool take_json(struct prompts *prompts, struct line line, struct buffer *head,
                      struct err *err)
{
    struct record record = {0};
    const bool good = read_record(&record, line, err) && take_record(prompts, &record, err);

    if (good) {
        buffer_byte(head, '{');
        if (record.id) {
            buffer_text(head, "\"id\":");
            buffer_add(head, record.id->at, record.id->len);
            buffer_byte(head, ',');
        }
        buffer_text(head, "\"prompt\":");
        buffer_add(head, record.prompt->at, record.prompt->len);
    }
    scan_release(&record.scan);
    return good;
}

static bool take_line(struct prompts *prompts, struct line line, struct err *err)
{
    struct prompt *prompt;
    struct ids *ids;

    if (line.problem) return err_set(err, "%s", line.problem);
    prompt = new_prompt(prompts);
    ids = &prompts->ids[prompts->count - 1];
    return (line.at[0] == '{' ? take_json(prompts, line, &prompt->head, err)
                              : take_plain(prompts, line, &prompt->head, err)) &&
           dialogue_ids(prompts->dialogue, ids, err) && speaker_accepts(prompts->speaker, ids, err);
}

bool prompts_read(struct prompts *prompts, const char *path, struct err *err)
{
    char *name = mem_copy_text(path);
    char *paths[] = {name, NULL};
    struct line_block block = {0};
    struct lines in;
    int got;

    lines_open(&in, paths);
    while ((got = lines_next(&in, &block, err)) > 0)
        for (size_t i = 0; got > 0 && i < block.count; i++) {
            if (take_line(prompts, block.lines[i], err)) continue;
            err_prefix(err, "%s:%llu", path_shown(path), (unsigned long long)block.lines[i].number);
            goto out;
        }
    if (got == 0 && prompts->count == 0) {
        err_set(err, "%s: there are no prompts", path_shown(path));
        got = -1;
    }
out:
    lines_close(&in);
    line_block_release(&block);
    mem_free(name);
    return got == 0;
}

static void put_member(struct buffer *line, const char *name, const struct answer *answer)
{
    buffer_format(line, ",\"%s\":", name);
    text_quote(line, (struct text){answer->text.at, answer->text.len});
}

/* The line of the next prompt in order; its answer is not needed any more. */
static bool write_next(struct prompts *prompts)
{
    const size_t at = prompts->told++;
    struct buffer line = {0};
    bool good;

    buffer_add(&line, prompts->items[at].head.at, prompts->items[at].head.len);
    if (prompts->compare) {
        put_member(&line, "trained_model_response", &prompts->answers[at]);
        put_member(&line, "reference_model_response", &prompts->others[at]);
    } else {
        put_member(&line, "response", &prompts->answers[at]);
    }
    buffer_text(&line, "}\n");
    good = outfile_write(prompts->out, line.at, line.len, prompts->err) &&
           outfile_flush(prompts->out, prompts->err);
    buffer_release(&line);
    return good;
}

static bool count_tokens(void *context, size_t which, struct answer *answer)
{
    (void)which;
    if (answer->end != ANSWER_OPEN) ((struct prompts *)context)->tokens += answer->tokens;
    return true;
}

static bool hear(void *context, size_t which, struct answer *answer)
{
    struct prompts *prompts = context;
    const struct answer *last = prompts->compare ? prompts->others : prompts->answers;

    count_tokens(context, which, answer);
    while (prompts->told < prompts->count && last[prompts->told].end != ANSWER_OPEN)
        if (!write_next(prompts)) return false;
    return true;
}

bool prompts_answer(struct prompts *prompts, struct outfile *out, struct err *err)
{
    const struct speaker *speaker = prompts->speaker;

    prompts->out = out;
    prompts->err = err;
    prompts->answers = mem_zero(prompts->count, sizeof *prompts->answers);
    prompts->others = mem_zero(prompts->count, sizeof *prompts->others);
    if (prompts->compare && !speaker_answer(speaker, prompts->ids, prompts->count, true,
                                            prompts->answers, count_tokens, prompts, err))
        return false;
    return speaker_answer(
               speaker, prompts->ids, prompts->count, prompts->adapted && !prompts->compare,
               prompts->compare ? prompts->others : prompts->answers, hear, prompts, err) &&
           prompts->told == prompts->count;
}

void prompts_release(struct prompts *prompts)
{
    for (size_t i = 0; i < prompts->count; i++) {
        buffer_release(&prompts->items[i].head);
        ids_release(&prompts->ids[i]);
        if (prompts->answers) answer_release(&prompts->answers[i]);
        if (prompts->others) answer_release(&prompts->others[i]);
    }
    mem_free(prompts->items);
    mem_free(prompts->ids);
    mem_free(prompts->answers);
    mem_free(prompts->others);
}
