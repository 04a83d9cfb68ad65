#include "sources/reshape.h"

#include "records/value.h"
#include "sources/prompt.h"

#include <ctype.h>
#include <string.h>

/* Each core value may be made twice: as a conversation, and then without its prompt. */
static void set_made(struct dialect_work *work, enum field field, struct buffer *made,
                     enum kind kind)
{
    work->core[field] = (struct value){made->at, made->len, kind, kind == KIND_STRING};
}

static bool find_text(const struct scan *scan, const char *key, struct value *value)
{
    struct member *member = scan_member(scan, key);

    if (!member || member->value.kind != KIND_STRING) return false;
    *value = member->value;
    return true;
}

/* 'human' and 'gpt' are what ShareGPT calls user and assistant. */
static const char *role_of(const struct value *from)
{
    static const char *const roles[][2] = {{"human", "user"},        {"user", "user"},
                                           {"gpt", "assistant"},     {"assistant", "assistant"},
                                           {"chatgpt", "assistant"}, {"bot", "assistant"},
                                           {"system", "system"},     {"tool", "tool"}};

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (value_is(from, text_of(roles[i][0]))) return roles[i][1];
    return NULL;
}

static void add_message(struct buffer *out, const char *role, const struct value *content)
{
    buffer_format(out, "{\"role\":\"%s\",\"content\":", role);
    buffer_add(out, content->at, content->len);
    buffer_byte(out, '}');
}

/* Adds one element of a conversation, from/value turned into role/content. */
static bool add_element(struct dialect_work *work, const struct value *element, struct buffer *out)
{
    struct value from, value;
    const char *role;

    if (element->kind == KIND_OBJECT) {
        scan_json(&work->message, element->at, element->len);
        if (!scan_member(&work->message, "role") && find_text(&work->message, "from", &from) &&
            find_text(&work->message, "value", &value) && (role = role_of(&from))) {
            add_message(out, role, &value);
            return true;
        }
    }
    buffer_add(out, element->at, element->len);
    return false;
}

/* A single message becomes a conversation; messages become role/content. */
static bool make_conversation(struct dialect_work *work, enum field field)
{
    struct value *value = &work->core[field];
    struct buffer *made = &work->made[3 + field];
    bool made_new = value->kind == KIND_OBJECT;

    if (value->kind != KIND_OBJECT && value->kind != KIND_ARRAY) return false;
    buffer_byte(made, '[');
    if (value->kind == KIND_OBJECT) {
        add_element(work, value, made);
    } else {
        scan_json(&work->lists[field], value->at, value->len);
        for (size_t i = 0; i < work->lists[field].count; i++) {
            if (i) buffer_byte(made, ',');
            made_new |= add_element(work, &work->lists[field].members[i].value, made);
        }
    }
    buffer_byte(made, ']');
    if (made_new) set_made(work, field, made, KIND_ARRAY);
    return made_new;
}

static bool starts_with(struct text text, struct text start)
{
    return text.len >= start.len && memcmp(text.at, start.at, start.len) == 0;
}

/* A dialogue begins with a newline, so its JSON with an escape: nearly no answer does. */
static bool may_be_dialogue(const struct value *string)
{
    return string->at[1] == '\\' && (string->at[2] == 'n' || string->at[2] == 'u');
}

static void make_text(struct dialect_work *work, enum field field, struct text text)
{
    struct buffer *made = &work->made[field];

    made->len = 0;
    text_quote(made, text);
    set_made(work, field, made, KIND_STRING);
}

/* How much of two answers that are dialogues the prompt beside them is; 0: nothing is to be cut. */
static bool find_prompt(struct text prompt, struct text chosen, struct text rejected, size_t *cut,
                        struct err *err)
{
    struct text shared = chosen;

    *cut = 0;
    if (!dialogue_begins(chosen) || !dialogue_begins(rejected)) return true;
    if (dialogue_begins(prompt) && starts_with(chosen, prompt) && starts_with(rejected, prompt)) {
        *cut = prompt.len;
        return true;
    }
    *cut = prompt_split_dialogues(chosen, rejected);
    shared.len = *cut;
    return !*cut || dialogue_says(shared, prompt) ||
           err_set(err, "'prompt' is not what the dialogue of 'chosen' begins with");
}

/* Is what an answer begins with but the first letters of a word? Then the prompt most likely has
 * another name. */
static bool is_scant(struct text answer, size_t cut)
{
    for (size_t i = 0; i < cut; i++)
        if (!isalnum((unsigned char)answer.at[i])) return false;
    return cut < answer.len && isalnum((unsigned char)answer.at[cut]);
}

/* Three strings: the prompt may stand inside the answers. */
static bool reshape_texts(struct dialect_work *work, bool *changed, struct err *err)
{
    struct value *core = work->core;
    const bool given = core[FIELD_PROMPT].kind == KIND_STRING;
    struct text chosen, rejected;
    size_t cut;

    if (given && !(may_be_dialogue(&core[FIELD_CHOSEN]) && may_be_dialogue(&core[FIELD_REJECTED])))
        return true;
    work->scratch.len = 0;
    buffer_reserve(&work->scratch, core[0].len + core[1].len + core[2].len); /* nothing may move */
    chosen = value_text(&core[FIELD_CHOSEN], &work->scratch);
    rejected = value_text(&core[FIELD_REJECTED], &work->scratch);
    if (given) {
        struct text prompt = value_text(&core[FIELD_PROMPT], &work->scratch);

        if (!find_prompt(prompt, chosen, rejected, &cut, err)) return false;
        if (!cut) return true;
    } else {
        cut = prompt_split_texts(chosen, rejected);
        if (!cut)
            return err_set(err, "'prompt' is missing, and 'chosen' and 'rejected' do not begin "
                                "alike");
        work->scant = is_scant(chosen, cut);
    }
    make_text(work, FIELD_PROMPT, (struct text){chosen.at, cut});
    make_text(work, FIELD_CHOSEN, (struct text){chosen.at + cut, chosen.len - cut});
    make_text(work, FIELD_REJECTED, (struct text){rejected.at + cut, rejected.len - cut});
    return *changed = true;
}

/* The elements from first up to last of a conversation as a conversation of their own. */
static void slice(struct dialect_work *work, enum field field, const struct scan *list,
                  size_t first, size_t last)
{
    struct buffer *made = &work->made[field];

    made->len = 0;
    buffer_byte(made, '[');
    for (size_t i = first; i < last; i++) {
        if (i > first) buffer_byte(made, ',');
        buffer_add(made, list->members[i].value.at, list->members[i].value.len);
    }
    buffer_byte(made, ']');
    set_made(work, field, made, KIND_ARRAY);
}

/* Does a user's message among the first count say what the prompt says? */
static bool prompt_is_said(struct dialect_work *work, const struct scan *list, size_t count)
{
    const struct value *prompt = &work->core[FIELD_PROMPT];
    struct value content;
    bool said = false;

    work->scratch.len = 0;
    buffer_reserve(&work->scratch, prompt->len);
    value_unescape(prompt, &work->scratch);
    for (size_t i = 0; i < count && !said; i++) {
        const struct value *message = &list->members[i].value;

        if (message->kind != KIND_OBJECT) continue;
        scan_json(&work->message, message->at, message->len);
        said = find_text(&work->message, "content", &content) &&
               value_is(&content, (struct text){work->scratch.at, work->scratch.len});
    }
    return said;
}

static void wrap_text(struct dialect_work *work, enum field field, const char *role)
{
    struct value text = work->core[field];
    struct buffer *made = &work->made[3 + field];

    made->len = 0;
    buffer_byte(made, '[');
    add_message(made, role, &text);
    buffer_byte(made, ']');
    set_made(work, field, made, KIND_ARRAY);
}

/* Is start the beginning, and not the whole, of list? */
static bool begins_with(const struct scan *list, const struct scan *start)
{
    size_t i = 0;

    while (i < start->count && i < list->count &&
           same_message(&list->members[i].value, &start->members[i].value))
        i++;
    return start->count && i == start->count && i < list->count;
}

/* Two conversations as answers: what both begin with is the prompt. */
static bool reshape_lists(struct dialect_work *work, bool *changed, struct err *err)
{
    struct scan *lists = work->lists;
    const struct value *prompt = &work->core[FIELD_PROMPT];
    size_t shared;

    for (enum field f = FIELD_CHOSEN; f <= FIELD_REJECTED; f++)
        scan_json(&lists[f], work->core[f].at, work->core[f].len);
    shared = prompt_split_messages(&lists[FIELD_CHOSEN], &lists[FIELD_REJECTED]);
    if (prompt->kind == KIND_ARRAY) {
        scan_json(&lists[FIELD_PROMPT], prompt->at, prompt->len);
        if (!begins_with(&lists[FIELD_CHOSEN], &lists[FIELD_PROMPT]) ||
            !begins_with(&lists[FIELD_REJECTED], &lists[FIELD_PROMPT]))
            return true;
        shared = lists[FIELD_PROMPT].count;
    } else if (prompt->kind == KIND_STRING) {
        if (shared && !prompt_is_said(work, &lists[FIELD_CHOSEN], shared))
            return err_set(err, "'prompt' is not what the messages of 'chosen' begin with");
    } else if (!shared) {
        return err_set(err, "'prompt' is missing, and 'chosen' and 'rejected' do not begin alike");
    }
    *changed = true;
    if (!shared) {
        wrap_text(work, FIELD_PROMPT, "user");
        return true;
    }
    slice(work, FIELD_PROMPT, &lists[FIELD_CHOSEN], 0, shared);
    slice(work, FIELD_CHOSEN, &lists[FIELD_CHOSEN], shared, lists[FIELD_CHOSEN].count);
    slice(work, FIELD_REJECTED, &lists[FIELD_REJECTED], shared, lists[FIELD_REJECTED].count);
    return true;
}

bool reshape(struct dialect_work *work, bool *changed, struct err *err)
{
    const struct value *core = work->core;

    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++)
        *changed |= make_conversation(work, f);
    if (core[FIELD_CHOSEN].kind != core[FIELD_REJECTED].kind) return true; /* the check names it */
    if (core[FIELD_PROMPT].kind != KIND_ABSENT && core[FIELD_PROMPT].kind != KIND_STRING &&
        core[FIELD_PROMPT].kind != KIND_ARRAY)
        return true;
    if (core[FIELD_CHOSEN].kind == KIND_ARRAY) return reshape_lists(work, changed, err);
    if (core[FIELD_CHOSEN].kind != KIND_STRING) return true;
    if (core[FIELD_PROMPT].kind != KIND_ARRAY) return reshape_texts(work, changed, err);
    wrap_text(work, FIELD_CHOSEN, "assistant");
    wrap_text(work, FIELD_REJECTED, "assistant");
    return *changed = true;
}
