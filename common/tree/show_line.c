#include "tree/show_line.h"

#include "records/messages.h"
#include "records/seal.h"
#include "records/value.h"
#include "tokens/detokenizer.h"

#include <string.h>

static const char *const sides[3] = {"prompt", "chosen", "rejected"};

static void add_key(struct buffer *out, const char *side, const char *what)
{
    if (out->at[out->len - 1] != '{') buffer_byte(out, ',');
    buffer_byte(out, '"');
    buffer_text(out, side);
    if (*side) buffer_byte(out, '_');
    buffer_text(out, what);
    buffer_text(out, "\":");
}

static void add_number(struct buffer *out, uint64_t number)
{
    char digits[24];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    buffer_add(out, digits + at, sizeof digits - at);
}

static void add_ids(struct buffer *out, const char *side, const token_id *ids, size_t count)
{
    add_key(out, side, "ids");
    buffer_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i) buffer_byte(out, ',');
        add_number(out, ids[i]);
    }
    buffer_byte(out, ']');
}

static void add_tokens(const struct show *show, struct show_desk *desk, const char *side,
                       const token_id *ids, size_t count)
{
    struct buffer *out = &desk->out;

    add_key(out, side, "tokens");
    buffer_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i) buffer_byte(out, ',');
        desk->text.len = 0;
        tokenizer_token(show->language->tokenizer, ids[i], &desk->text);
        text_quote(out, (struct text){desk->text.at, desk->text.len});
    }
    buffer_byte(out, ']');
}

static void add_text(struct buffer *out, const char *side, struct text text)
{
    add_key(out, side, "text");
    text_quote(out, text);
}

static void add_found(const struct show *show, struct show_desk *desk, const char *side,
                      const token_id *ids, size_t count)
{
    if (show->way == SHOW_COUNT) {
        add_key(&desk->out, side, "ids");
        add_number(&desk->out, count);
        return;
    }
    add_ids(&desk->out, side, ids, count);
    add_tokens(show, desk, side, ids, count);
}

/* A text that is whole: what a user wrote, or what the template made of a conversation. */
static bool show_whole(const struct show *show, struct show_desk *desk, struct text text,
                       bool special, struct show_facts *facts, struct err *err)
{
    desk->ids.count = 0;
    if (show->way != SHOW_RENDER) {
        if (!tokenizer_encode(&desk->maker.encoder, text, special, &desk->ids, err)) return false;
        add_found(show, desk, "", desk->ids.at, desk->ids.count);
    }
    if (show->way != SHOW_COUNT) add_text(&desk->out, "", text);
    facts->ids = facts->longest = desk->ids.count;
    return true;
}

static bool show_messages(const struct show *show, struct show_desk *desk,
                          const struct value *messages, struct pair *pair, struct show_facts *facts,
                          struct err *err)
{
    struct template_input input = language_input(show->language);
    struct message last;

    if (!show->language->template) return err_set(err, "the model has no chat template");
    if (!messages_check(messages, &pair->inner, &pair->message, err)) return false;
    message_parse(&pair->inner.members[pair->inner.count - 1].value, &pair->message, &last, err);
    input.messages = (struct text){messages->at, messages->len};
    input.add_generation_prompt = !value_is(last.role, TEXT("assistant"));
    desk->maker.texts[0].len = 0;
    if (!template_render(show->language->template, &input, &desk->maker.texts[0], err))
        return false;
    return show_whole(show, desk, (struct text){desk->maker.texts[0].at, desk->maker.texts[0].len},
                      false, facts, err);
}

static void note_tree(const struct tree *tree, struct show_facts *facts)
{
    size_t chosen = tree->chosen.context + tree->chosen.answer;
    size_t rejected = tree->rejected.context + tree->rejected.answer;

    facts->ids = tree->prompt + chosen + rejected;
    facts->longest = tree->prompt + (chosen > rejected ? chosen : rejected);
    facts->cut = tree->chosen.lost || tree->rejected.lost;
    facts->prompt_cut = tree->prompt_lost > 0;
    facts->prompt_split = tree->prompt_split;
}

/* The prompt of a branch is what both share, and what it has for itself. */
static void add_tree(const struct show *show, struct show_desk *desk)
{
    const struct tree *tree = &desk->tree;
    const token_id *at = tree->ids.at + tree->prompt;

    add_found(show, desk, "prompt", tree->ids.at, tree->prompt);
    if (tree->chosen.context) add_found(show, desk, "chosen_context", at, tree->chosen.context);
    at += tree->chosen.context;
    add_found(show, desk, "chosen", at, tree->chosen.answer);
    at += tree->chosen.answer;
    if (tree->rejected.context)
        add_found(show, desk, "rejected_context", at, tree->rejected.context);
    at += tree->rejected.context;
    add_found(show, desk, "rejected", at, tree->rejected.answer);
}

static bool show_pair(const struct show *show, struct show_desk *desk, struct pair *pair,
                      struct show_facts *facts, struct err *err)
{
    int made;

    if (pair->fields[FIELD_ID]) {
        add_key(&desk->out, "", "id");
        buffer_add(&desk->out, pair->fields[FIELD_ID]->at, pair->fields[FIELD_ID]->len);
    }
    made = tree_make(&desk->maker, pair, &desk->tree, err);
    if (made < 0) return false;
    facts->left_out = made == 0;
    if (made == 0) {
        add_key(&desk->out, "", "dropped");
        buffer_text(&desk->out, "true");
        return true;
    }
    note_tree(&desk->tree, facts);
    if (show->way != SHOW_RENDER) add_tree(show, desk);
    for (int i = 0; show->way != SHOW_COUNT && i < 3; i++)
        add_text(&desk->out, sides[i],
                 (struct text){desk->maker.texts[i].at, desk->maker.texts[i].len});
    return true;
}

/* A list of ids as text. */
static bool decode(const struct show *show, struct show_desk *desk, const char *side,
                   const struct value *list, struct show_facts *facts, struct err *err)
{
    desk->ids.count = 0;
    if (list->kind != KIND_ARRAY)
        return err_set(err, "the ids are %s, not an array", kind_name(list->kind));
    scan_json(&desk->scan, list->at, list->len);
    for (size_t i = 0; i < desk->scan.count; i++) {
        double id;

        if (!value_number(&desk->scan.members[i].value, &id) || !(id >= 0) ||
            id >= (double)tokenizer_size(show->language->tokenizer) || id != (token_id)id)
            return err_set(err, "element %zu is no id of this tokenizer", i + 1);
        ids_add(&desk->ids, (token_id)id);
    }
    desk->text.len = 0;
    tokenizer_decode(show->language->tokenizer, desk->ids.at, desk->ids.count, false, &desk->text);
    add_text(&desk->out, side, (struct text){desk->text.at, desk->text.len});
    facts->ids += desk->ids.count;
    return true;
}

/* The line of a pair that was left out, which is none of the answers. */
static bool show_dropped(struct show_desk *desk, const struct pair *pair, struct show_facts *facts)
{
    const bool object = pair->scan.root.kind == KIND_OBJECT;
    const struct member *member = object ? scan_member(&pair->scan, "dropped") : NULL;

    if (!member || member->value.kind != KIND_TRUE) return false;
    add_key(&desk->out, "", "dropped");
    buffer_text(&desk->out, "true");
    return facts->left_out = true;
}

static bool show_decoded(const struct show *show, struct show_desk *desk, struct pair *pair,
                         struct show_facts *facts, struct err *err)
{
    static const struct {
        const char *key, *side;
        enum { ALONE, CHOSEN = 1, REJECTED = 2, BOTH = 3 } of;
    } rows[] = {{"ids", "", ALONE},
                {"prompt_ids", "prompt", BOTH},
                {"chosen_context_ids", "chosen_context", CHOSEN},
                {"chosen_ids", "chosen", CHOSEN},
                {"rejected_context_ids", "rejected_context", REJECTED},
                {"rejected_ids", "rejected", REJECTED}};
    uint64_t lengths[3] = {0}; /* of a text, chosen and rejected */
    bool found = false;

    if (pair->scan.root.kind == KIND_ARRAY) {
        if (!decode(show, desk, "", &pair->scan.root, facts, err)) return false;
        facts->longest = facts->ids;
        return true;
    }
    for (int i = 0; i < 6 && pair->scan.root.kind == KIND_OBJECT; i++) {
        const struct member *member = scan_member(&pair->scan, rows[i].key);

        if (!member) continue;
        found = true;
        if (!decode(show, desk, rows[i].side, &member->value, facts, err)) return false;
        for (unsigned side = 0; side < 3; side++)
            if (rows[i].of & side || rows[i].of == side) lengths[side] += desk->ids.count;
    }
    for (int side = 0; side < 3; side++)
        if (lengths[side] > facts->longest) facts->longest = lengths[side];
    return found || show_dropped(desk, pair, facts) ||
           err_set(err, "neither an array of ids nor an object with 'ids'");
}

/* What a line holds, where the user did not say. */
static enum show_lines guess(const struct pair *pair, bool json)
{
    if (!json) return SHOW_TEXT;
    if (pair->scan.root.kind == KIND_ARRAY) return SHOW_MESSAGES;
    if (pair->scan.root.kind != KIND_OBJECT) return SHOW_TEXT;
    if (scan_member(&pair->scan, "chosen")) return SHOW_PAIRS;
    return scan_member(&pair->scan, "messages") ? SHOW_MESSAGES : SHOW_TEXT;
}

static bool show_json(const struct show *show, struct show_desk *desk, struct pair *pair,
                      enum show_lines lines, struct show_facts *facts, struct err *err)
{
    const struct member *member;

    if (show->way == SHOW_DECODE) return show_decoded(show, desk, pair, facts, err);
    if (lines == SHOW_PAIRS)
        return pair_check(pair, err) && show_pair(show, desk, pair, facts, err);
    if (pair->scan.root.kind == KIND_ARRAY)
        return show_messages(show, desk, &pair->scan.root, pair, facts, err);
    member = pair->scan.root.kind == KIND_OBJECT ? scan_member(&pair->scan, "messages") : NULL;
    if (!member || member->value.kind != KIND_ARRAY)
        return err_set(err, "neither an array of messages nor an object with 'messages'");
    return show_messages(show, desk, &member->value, pair, facts, err);
}

static bool is_blank(struct text line)
{
    size_t i = 0;

    while (i < line.len && strchr(" \t\r", line.at[i])) i++;
    return i == line.len;
}

/* Objects are taken apart as pairs are, other values as they are. */
static bool scan_line(struct pair *pair, struct err *err)
{
    struct text line = pair->line;

    if (!scan_json(&pair->scan, line.at, line.len))
        return err_set(err, "not JSON at column %zu: %s", pair->scan.column, pair->scan.problem);
    return pair->scan.root.kind != KIND_OBJECT || pair_scan(pair, line, err);
}

bool show_line(const struct show *show, struct show_desk *desk, struct pair *pair,
               struct show_facts *facts, struct err *err)
{
    enum show_lines lines = show->way == SHOW_DECODE ? SHOW_MESSAGES : show->lines;
    struct text line = pair->line;
    uint64_t records;
    bool good, json;

    if (lines == SHOW_PAIRS) {
        buffer_byte(&desk->out, '{');
        good = show_pair(show, desk, pair, facts, err);
        buffer_text(&desk->out, "}\n");
        return good;
    }
    if (lines != SHOW_TEXT && (is_blank(line) || seal_read(line, &records))) return true;
    json = lines != SHOW_TEXT && scan_line(pair, err);
    if (lines == SHOW_ANY) lines = guess(pair, json);
    buffer_byte(&desk->out, '{');
    if (lines == SHOW_TEXT)
        good = show_whole(show, desk, line, true, facts, err);
    else
        good = json && show_json(show, desk, pair, lines, facts, err);
    buffer_text(&desk->out, "}\n");
    return good;
}
