#include "tokens/special_json.h"

#include "tokens/model_json.h"
#include "tokens/part_list.h"

#include <string.h>

/* --- added_tokens */

static int shown(struct text text)
{
    return (int)(text.len < 80 ? text.len : 80);
}

/* The id that a new token must have: ids follow from the order of the list, whatever it says. */
static token_id next_id(const struct tokenizer *tokenizer)
{
    token_id next = (token_id)tokenizer->vocab.used;
    const struct added *lists[] = {&tokenizer->raw, &tokenizer->normalized};

    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            if (lists[i]->tokens[j].id >= next) next = lists[i]->tokens[j].id + 1;
    return next;
}

static bool place_token(struct part_reader *reader, struct fields *fields, struct text content,
                        struct added_token *token)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    uint8_t flags = TOKEN_ADDED | (token->special ? TOKEN_SPECIAL : 0);
    token_id id = model_find_token(tokenizer, content);
    const char *problem;

    if (id == TOKEN_NONE) {
        if (token->id != reader->next_id)
            return fields_fail(fields, "'%.*s' has id %u, but its place makes it %u",
                               shown(content), content.at, token->id, reader->next_id);
        problem = model_add_token(tokenizer, content, token->id, flags);
        if (problem) return fields_fail(fields, "'%.*s': %s", shown(content), content.at, problem);
    } else if (id != token->id) {
        return fields_fail(fields, "'%.*s' has id %u here and %u in the vocabulary", shown(content),
                           content.at, token->id, id);
    } else if (tokenizer->vocab.rows[id].flags & TOKEN_ADDED) {
        return fields_fail(fields, "'%.*s' is there twice", shown(content), content.at);
    } else {
        tokenizer->vocab.rows[id].flags |= flags;
    }
    if (token->id >= reader->next_id) reader->next_id = token->id + 1;
    return true;
}

/* A normalized token is looked for in the form that normalizing gives it. */
static bool list_token(struct part_reader *reader, struct fields *fields, struct text content,
                       const struct added_token *token, bool normalized)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    struct buffer scratch[2] = {{0}, {0}};
    bool good = true;

    if (normalized) {
        struct text given = content;

        content = normalizer_run(&tokenizer->normalizer, content, scratch);
        if (content.len != given.len || memcmp(content.at, given.at, given.len) != 0)
            model_rename_token(tokenizer, content, token->id);
    }
    if (!content.len || content.len > ADDED_PATTERN_LIMIT)
        good = fields_fail(fields, "token %u is empty or longer than %d bytes", token->id,
                           ADDED_PATTERN_LIMIT);
    else
        added_add(normalized ? &tokenizer->normalized : &tokenizer->raw, token, content);
    buffer_release(&scratch[0]);
    buffer_release(&scratch[1]);
    return good;
}

static bool read_added_token(struct part_reader *reader, struct fields *fields)
{
    static const char *const need[] = {"id", "content", "special", NULL};
    struct added_token token = {0};
    struct text content = {0};
    bool normalized;

    if (!fields_need(fields, need) || !fields_whole(fields, "id", &token.id) ||
        !fields_text(fields, "content", &content) ||
        !fields_flag(fields, "special", &token.special))
        return false;
    normalized = !token.special;
    return fields_flag(fields, "normalized", &normalized) &&
           fields_flag(fields, "single_word", &token.single_word) &&
           fields_flag(fields, "lstrip", &token.lstrip) &&
           fields_flag(fields, "rstrip", &token.rstrip) && fields_end(fields) &&
           place_token(reader, fields, content, &token) &&
           list_token(reader, fields, content, &token, normalized);
}

bool read_added_tokens(struct part_reader *reader, struct text json)
{
    struct scan scan = {0};
    bool good = true;

    if (!json.len || text_is(json, "null")) return true;
    if (!scan_json(&scan, json.at, json.len))
        good = err_set(reader->err, "%s: added_tokens: byte %zu of it: %s", reader->name,
                       scan.column, scan.problem);
    else if (scan.root.kind != KIND_ARRAY)
        good = err_set(reader->err, "%s: added_tokens is %s, not an array", reader->name,
                       kind_name(scan.root.kind));
    reader->next_id = next_id(reader->tokenizer);
    for (size_t i = 0; good && i < scan.count; i++) {
        const struct value *value = &scan.members[i].value;
        struct fields fields;

        good = fields_open(&fields, (struct text){value->at, value->len}, reader->err,
                           "%s: added_tokens", reader->name) &&
               read_added_token(reader, &fields);
        fields_release(&fields);
    }
    scan_release(&scan);
    return good;
}

/* --- post_processor */

static bool add_id_list(struct part_reader *reader, struct fields *entry, struct ids *out)
{
    const struct value *value = fields_value(entry, "ids");
    struct scan ids = {0};
    bool good = value && scan_json(&ids, value->at, value->len) && ids.root.kind == KIND_ARRAY;

    if (!good) fields_fail(entry, "no array 'ids'");
    for (size_t i = 0; good && i < ids.count; i++) {
        double number;

        good = value_number(&ids.members[i].value, &number) && number >= 0 &&
               number < TOKEN_LIMIT && number == (double)(token_id)number &&
               vocab_has(&reader->tokenizer->vocab, (token_id)number);
        if (good)
            ids_add(out, (token_id)number);
        else
            fields_fail(entry, "'ids' has something that is not a token's id");
    }
    scan_release(&ids);
    return good;
}

/* The ids behind the name of a special token of a template. */
static bool add_ids(struct part_reader *reader, struct fields *fields, struct text name,
                    struct ids *out)
{
    struct fields table, entry = {0};
    char key[256] = "";
    bool good;

    if (name.len < sizeof key) memcpy(key, name.at, name.len);
    good = fields_enter(&table, fields, "special_tokens") && fields_enter(&entry, &table, key) &&
           add_id_list(reader, &entry, out);
    fields_release(&entry);
    fields_release(&table);
    return good;
}

/* {"SpecialToken": {"id": ..}} or {"Sequence": {"id": "A"}} */
static bool read_template_item(struct part_reader *reader, struct fields *fields,
                               struct fields *item)
{
    static const char *const ignored[] = {"type_id", NULL};
    struct tokenizer *tokenizer = reader->tokenizer;
    bool special = fields_value(item, "SpecialToken") != NULL, good;
    struct fields inner;
    struct text id = TEXT("");

    good = fields_enter(&inner, item, special ? "SpecialToken" : "Sequence") && fields_end(item) &&
           fields_text(&inner, "id", &id);
    if (good) fields_ignore(&inner, ignored);
    good = good && fields_end(&inner);
    if (good && special) {
        good =
            add_ids(reader, fields, id, reader->has_text ? &tokenizer->after : &tokenizer->before);
    } else if (good) {
        if (!text_is(id, "A") || reader->has_text)
            good = fields_fail(&inner, "it must have the text 'A' once, and nothing else");
        reader->has_text = true;
    }
    fields_release(&inner);
    return good;
}

static bool read_template(struct part_reader *reader, struct fields *fields)
{
    static const char *const need[] = {"single", "special_tokens", NULL};
    static const char *const ignored[] = {"pair", "special_tokens", NULL}; /* asked for later */
    const struct value *single;
    struct scan list = {0};
    bool good = true;

    if (!fields_need(fields, need)) return false;
    if (reader->has_text) return fields_fail(fields, "a second one is not supported");
    fields_ignore(fields, ignored);
    single = fields_value(fields, "single");
    if (!single || !scan_json(&list, single->at, single->len) || list.root.kind != KIND_ARRAY)
        good = fields_fail(fields, "'single' is not an array");
    for (size_t i = 0; good && i < list.count; i++) {
        const struct value *value = &list.members[i].value;
        struct fields item;

        good = fields_open(&item, (struct text){value->at, value->len}, reader->err,
                           "%s: post_processor: 'single'", reader->name) &&
               read_template_item(reader, fields, &item);
        fields_release(&item);
    }
    if (good && !reader->has_text) good = fields_fail(fields, "'single' has no text");
    scan_release(&list);
    return good;
}

static bool read_one_post_processor(struct part_reader *reader, struct fields *fields,
                                    struct text type)
{
    static const char *const offsets[] = {"add_prefix_space", "trim_offsets", "use_regex", NULL};

    if (text_is(type, "TemplateProcessing")) return read_template(reader, fields);
    if (!text_is(type, "ByteLevel")) return refuse_part(fields);
    fields_ignore(fields, offsets); /* it moves offsets; ids stay as they are */
    return true;
}

bool read_post_processor(struct part_reader *reader, struct text json)
{
    reader->has_text = false;
    return read_parts(reader, json, "post_processor", "processors", read_one_post_processor);
}
