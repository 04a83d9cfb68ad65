#include "quiz/question.h"

#include "records/value.h"

#include <string.h>
#include <strings.h>

static const char *const type_names[] = {"multiple_choice", "true_false", "open"};
static const char *const key_names[] = {"correct_option", "correct_answer", "answer"};

/* What is written anew and not passed on. */
static const char *const own_names[] = {"id",     "question",       "type",           "options",
                                        "answer", "correct_option", "correct_answer", NULL};

struct parts {
    const struct value *options, *key; /* or NULL */
    enum question_type type;
    struct text question;
    size_t right;   /* of the options */
    bool statement; /* is it true? */
};

void question_desk_release(struct question_desk *desk)
{
    scan_release(&desk->scan);
    scan_release(&desk->list);
    buffer_release(&desk->texts);
    buffer_release(&desk->prompt);
    buffer_release(&desk->id);
}

void value_write_line(const struct value *value, struct buffer *out)
{
    const char *at = value->at, *end = at + value->len;
    bool inside = false;

    if (!memchr(at, '\n', value->len) && !memchr(at, '\r', value->len)) {
        buffer_add(out, at, value->len);
        return;
    }
    for (; at < end; at++) {
        if (!inside && memchr(" \t\r\n", *at, 4)) continue;
        buffer_byte(out, *at);
        if (inside && *at == '\\')
            buffer_byte(out, *++at);
        else
            inside ^= *at == '"';
    }
}

/* The member's value unless it is null. */
static const struct value *find(const struct question_desk *desk, const char *name)
{
    const struct member *member = scan_member(&desk->scan, name);

    return member && member->value.kind != KIND_NULL ? &member->value : NULL;
}

/* A string that is not empty, or NULL with err where it must be there or is something else. */
static const struct value *find_text(const struct question_desk *desk, const char *name,
                                     struct err *err)
{
    const struct value *value = find(desk, name);

    if (!value) return err_set(err, "'%s' is missing", name), NULL;
    if (value->kind != KIND_STRING)
        return err_set(err, "'%s' is %s, not a string", name, kind_name(value->kind)), NULL;
    if (value->len == 2) return err_set(err, "'%s' is empty", name), NULL;
    return value;
}

static bool find_key(const struct question_desk *desk, struct parts *parts, struct err *err)
{
    const char *name = NULL;

    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++) {
        const struct value *value = find(desk, key_names[i]);

        if (!value) continue;
        if (name) return err_set(err, "'%s' and '%s' are both there", name, key_names[i]);
        name = key_names[i];
        parts->key = value;
    }
    return true;
}

static bool named_type(const struct question_desk *desk, enum question_type *type, struct err *err)
{
    const struct value *value = find_text(desk, "type", err);

    if (!value) return false;
    for (*type = QUESTION_CHOICE; *type <= QUESTION_OPEN; ++*type)
        if (value_is(value, text_of(type_names[*type]))) return true;
    return err_set(err, "'type' is %.*s, not multiple_choice, true_false or open",
                   (int)(value->len < 80 ? value->len : 80), value->at);
}

static bool has_options(const struct value *options)
{
    return options && !(options->kind == KIND_ARRAY && options->len == 2);
}

/* true, false, or a word that says so. */
static bool is_truth(const struct value *key, bool *truth)
{
    static const struct text words[] = {TEXT("\"false\""), TEXT("\"true\"")};

    for (int i = 0; i < 2; i++) {
        *truth = i;
        if (key->kind == (i ? KIND_TRUE : KIND_FALSE)) return true;
        if (key->len == words[i].len && strncasecmp(key->at, words[i].at, key->len) == 0)
            return true;
    }
    return false;
}

/* Where the question does not tell its type its members do. */
static bool find_type(const struct question_desk *desk, struct parts *parts, struct err *err)
{
    const bool choice = has_options(parts->options);
    const bool statement = parts->key && is_truth(parts->key, &parts->statement);

    parts->type = choice ? QUESTION_CHOICE : statement ? QUESTION_TRUE_FALSE : QUESTION_OPEN;
    if (!find(desk, "type")) return true;
    if (!named_type(desk, &parts->type, err)) return false;
    if (parts->type == QUESTION_CHOICE && !choice)
        return err_set(err, "multiple_choice, but without 'options'");
    if (parts->type == QUESTION_OPEN && choice) return err_set(err, "open, but with 'options'");
    if (parts->type == QUESTION_TRUE_FALSE && choice && !statement) parts->type = QUESTION_CHOICE;
    return true;
}

static bool check_statement(const struct parts *parts, struct err *err)
{
    const struct value *key = parts->key;
    bool truth;

    if (!key) return err_set(err, "true_false, but without 'correct_answer'");
    return is_truth(key, &truth) || err_set(err, "the answer is %.*s, neither true nor false",
                                            (int)(key->len < 80 ? key->len : 80), key->at);
}

static bool check_concepts(struct question_desk *desk, const struct value *concepts,
                           struct err *err)
{
    if (concepts->kind != KIND_ARRAY)
        return err_set(err, "'key_concepts' is %s, not an array", kind_name(concepts->kind));
    scan_json(&desk->list, concepts->at, concepts->len);
    for (size_t i = 0; i < desk->list.count; i++)
        if (desk->list.members[i].value.kind != KIND_STRING)
            return err_set(err, "concept %zu is %s, not a string", i + 1,
                           kind_name(desk->list.members[i].value.kind));
    return desk->list.count > 0 || err_set(err, "'key_concepts' is empty");
}

/* There must be something to hold an answer against. */
static bool check_open(struct question_desk *desk, const struct parts *parts, struct err *err)
{
    const struct value *concepts = find(desk, "key_concepts");
    const bool reference = find(desk, "reference_answer") != NULL;

    if (reference && !find_text(desk, "reference_answer", err)) return false;
    if (concepts && !check_concepts(desk, concepts, err)) return false;
    if (parts->key && (parts->key->kind == KIND_ARRAY || parts->key->kind == KIND_OBJECT))
        return err_set(err, "the answer is %s", kind_name(parts->key->kind));
    return reference || concepts || parts->key ||
           err_set(err, "open, but with neither 'answer', 'reference_answer' nor 'key_concepts'");
}

static bool read_parts(struct question_desk *desk, struct parts *parts, struct err *err)
{
    const struct value *question = find_text(desk, "question", err);

    if (!question) return false;
    if (find(desk, "prompt")) return err_set(err, "'question' and 'prompt' are both there");
    parts->question = value_text(question, &desk->texts);
    parts->options = find(desk, "options");
    if (!find_key(desk, parts, err) || !find_type(desk, parts, err)) return false;
    if (parts->type == QUESTION_OPEN) return check_open(desk, parts, err);
    if (parts->type == QUESTION_TRUE_FALSE) return check_statement(parts, err);
    if (!choices_read(&desk->choices, parts->options, &desk->list, &desk->texts, err)) return false;
    if (!parts->key)
        return err_set(err, "multiple_choice, but with neither 'correct_option' nor 'answer'");
    return choices_find(&desk->choices, parts->key, &desk->texts, &parts->right, err);
}

static bool write_id(struct question_desk *desk, const struct heading *heading, size_t number,
                     struct buffer *out, struct err *err)
{
    const struct value *id = find(desk, "id");

    buffer_text(out, "{\"id\":");
    if (id && id->kind != KIND_STRING && id->kind != KIND_NUMBER)
        return err_set(err, "'id' is %s, neither a string nor a number", kind_name(id->kind));
    if (id) {
        buffer_add(out, id->at, id->len);
        return true;
    }
    desk->id.len = 0;
    buffer_add(&desk->id, heading->place.at, heading->place.len);
    buffer_format(&desk->id, "/%zu", number);
    text_quote(out, (struct text){desk->id.at, desk->id.len});
    return true;
}

static void write_options(const struct choices *choices, struct buffer *out)
{
    for (size_t i = 0; i < choices->count; i++) {
        buffer_text(out, i ? "," : ",\"options\":[");
        text_quote(out, choices->items[i]);
    }
    buffer_byte(out, ']');
}

static void write_answer(struct question_desk *desk, const struct parts *parts, struct buffer *out)
{
    if (parts->type == QUESTION_TRUE_FALSE)
        buffer_format(out, ",\"answer\":\"%s\"", parts->statement ? "true" : "false");
    if (parts->type == QUESTION_OPEN && parts->key) {
        buffer_text(out, ",\"answer\":");
        buffer_add(out, parts->key->at, parts->key->len);
    }
    if (parts->type == QUESTION_CHOICE) {
        buffer_format(out, ",\"answer\":\"%c\"", (int)('A' + parts->right));
        write_options(&desk->choices, out);
    }
    buffer_format(out, ",\"type\":\"%s\"", type_names[parts->type]);
}

static void write_member(const struct member *member, struct buffer *out)
{
    buffer_byte(out, ',');
    buffer_add(out, member->key.at, member->key.len);
    buffer_byte(out, ':');
    value_write_line(&member->value, out);
}

/* A question's own member goes before one of the heading. */
static void write_rest(const struct question_desk *desk, const struct heading *heading,
                       struct buffer *out)
{
    for (size_t i = 0; i < HEADING_LABELS; i++) {
        const struct member *label = heading->labels[i], *own = NULL;

        for (size_t j = 0; label && j < desk->scan.count && !own; j++)
            if (desk->scan.members[j].hash == label->hash) own = &desk->scan.members[j];
        if (label && !own) write_member(label, out);
    }
    for (size_t i = 0; i < desk->scan.count; i++) {
        const struct member *member = &desk->scan.members[i];
        size_t own = 0;

        while (own_names[own] && !value_is(&member->key, text_of(own_names[own]))) own++;
        if (!own_names[own]) write_member(member, out);
    }
}

static bool pass_on(const struct question_desk *desk, struct buffer *out, struct err *err)
{
    const struct value *prompt = find(desk, "prompt");

    if (!prompt) return err_set(err, "has neither 'question' nor 'prompt'");
    if (prompt->kind != KIND_STRING && prompt->kind != KIND_ARRAY)
        return err_set(err, "'prompt' is %s, neither a string nor messages",
                       kind_name(prompt->kind));
    if (prompt->len == 2) return err_set(err, "'prompt' is empty");
    value_write_line(&desk->scan.root, out);
    return true;
}

bool question_write(struct question_desk *desk, const struct heading *heading, struct text json,
                    size_t number, struct buffer *out, struct err *err)
{
    struct parts parts = {0};

    scan_json(&desk->scan, json.at, json.len);
    if (desk->scan.root.kind != KIND_OBJECT)
        return err_set(err, "is %s, not an object", kind_name(desk->scan.root.kind));
    if (!scan_member(&desk->scan, "question")) return pass_on(desk, out, err);
    desk->texts.len = desk->prompt.len = 0;
    buffer_reserve(&desk->texts, json.len); /* each text is decoded into it once at most */
    if (!read_parts(desk, &parts, err) || !write_id(desk, heading, number, out, err)) return false;
    wording_write(&desk->prompt, parts.type, parts.question, &desk->choices);
    buffer_text(out, ",\"prompt\":");
    text_quote(out, (struct text){desk->prompt.at, desk->prompt.len});
    write_answer(desk, &parts, out);
    write_rest(desk, heading, out);
    buffer_byte(out, '}');
    return true;
}
