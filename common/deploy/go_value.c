#include "deploy/go_value.h"

#include <string.h>

#define DEPTH 16 /* of parentheses */
#define ARGUMENTS 8

struct reader {
    const struct go_scope *scope;
    struct text left;
    unsigned depth;
    struct err *err;
};

static bool fail(struct reader *reader, const char *why, struct text what)
{
    return err_set(reader->err, "%s '%.*s'", why, (int)(what.len < 60 ? what.len : 60), what.at);
}

static void skip_blanks(struct reader *reader)
{
    while (reader->left.len && strchr(" \t\r\n", reader->left.at[0]))
        reader->left.at++, reader->left.len--;
}

static struct text take(struct reader *reader, size_t len)
{
    const struct text taken = {reader->left.at, len};

    reader->left.at += len;
    reader->left.len -= len;
    return taken;
}

static struct text take_word(struct reader *reader)
{
    size_t len = 0;

    while (len < reader->left.len && !strchr(" \t\r\n()\"`|,", reader->left.at[len])) len++;
    return take(reader, len);
}

static struct go_value text_value(struct text text)
{
    return (struct go_value){.kind = GO_TEXT, .text = text};
}

static struct go_value number_value(size_t number)
{
    return (struct go_value){.kind = GO_NUMBER, .number = number};
}

static struct go_value bool_value(bool holds)
{
    return (struct go_value){.kind = GO_BOOL, .number = holds};
}

bool go_value_holds(const struct go_value *value)
{
    if (value->kind == GO_TEXT) return value->text.len > 0;
    return value->kind == GO_MESSAGE || value->number > 0;
}

static bool same_text(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* '.Role', '.Content' of a message; '.System', '.Messages' of the whole. */
static bool member(struct reader *reader, const struct go_value *of, struct text name,
                   struct go_value *value)
{
    const struct go_chat *chat = reader->scope->chat;

    if (of && text_is(name, "Role"))
        *value = text_value(chat->messages[of->number].role);
    else if (of && text_is(name, "Content"))
        *value = text_value(chat->messages[of->number].content);
    else if (!of && text_is(name, "System"))
        *value = text_value(chat->system);
    else if (!of && text_is(name, "Messages"))
        *value = (struct go_value){.kind = GO_LIST, .number = chat->count};
    else
        return fail(reader, "there is no support for", name);
    return true;
}

static bool variable(struct reader *reader, struct text word, struct go_value *value)
{
    const struct go_scope *scope = reader->scope;
    const char *dot = memchr(word.at, '.', word.len);
    const size_t length = dot ? (size_t)(dot - word.at) : word.len;
    const struct text name = {word.at, length};
    const struct text rest = {word.at + length + 1, dot ? word.len - length - 1 : 0};
    const struct go_value item = {.kind = GO_MESSAGE, .number = scope->index};

    if (text_is(name, "$") && dot) return member(reader, NULL, rest, value);
    if (scope->ranging && scope->index_name.len && same_text(name, scope->index_name) && !dot)
        return *value = number_value(scope->index), true;
    if (!scope->ranging || !scope->item_name.len || !same_text(name, scope->item_name))
        return fail(reader, "unknown variable", word);
    if (dot) return member(reader, &item, rest, value);
    return *value = item, true;
}

static bool literal(struct reader *reader, struct go_value *value)
{
    const char quote = reader->left.at[0];
    const char *end = memchr(reader->left.at + 1, quote, reader->left.len - 1);
    struct text inner;

    if (!end) return fail(reader, "a text without an end:", reader->left);
    inner = take(reader, (size_t)(end - reader->left.at) + 1);
    inner.at++;
    inner.len -= 2;
    if (quote == '"' && memchr(inner.at, '\\', inner.len))
        return fail(reader, "there is no support for escapes, as in", inner);
    return *value = text_value(inner), true;
}

static bool number(struct reader *reader, struct text word, struct go_value *value)
{
    size_t sum = 0;

    for (size_t i = 0; i < word.len; i++) {
        if (word.at[i] < '0' || word.at[i] > '9' || i > 8)
            return fail(reader, "not a number:", word);
        sum = sum * 10 + (size_t)(word.at[i] - '0');
    }
    return *value = number_value(sum), true;
}

static bool expression(struct reader *reader, struct go_value *value);

static bool operand(struct reader *reader, struct go_value *value)
{
    const struct go_value dot = {.kind = GO_MESSAGE, .number = reader->scope->index};
    struct text word;

    if (strchr("\"`", reader->left.at[0])) return literal(reader, value);
    if (reader->left.at[0] == '(') {
        if (++reader->depth > DEPTH) return fail(reader, "too deep:", reader->left);
        take(reader, 1);
        if (!expression(reader, value)) return false;
        if (!reader->left.len) return fail(reader, "a ')' is missing behind", reader->left);
        reader->depth--;
        take(reader, 1);
        if (reader->left.len && reader->left.at[0] == '.')
            return fail(reader, "there is no support for", reader->left);
        return true;
    }
    word = take_word(reader);
    if (!word.len) return fail(reader, "there is no support for", reader->left);
    if (word.at[0] == '$') return variable(reader, word, value);
    if (word.at[0] >= '0' && word.at[0] <= '9') return number(reader, word, value);
    if (word.at[0] != '.') return fail(reader, "there is no support for", word);
    word.at++, word.len--;
    if (word.len) return member(reader, reader->scope->ranging ? &dot : NULL, word, value);
    if (!reader->scope->ranging) return fail(reader, "there is no support for", TEXT("."));
    return *value = dot, true;
}

static bool equal(struct reader *reader, const struct go_value *a, const struct go_value *b,
                  bool *same)
{
    if (a->kind != b->kind || a->kind == GO_LIST || a->kind == GO_MESSAGE)
        return fail(reader, "values of these kinds cannot be compared, before", reader->left);
    *same = a->kind == GO_TEXT ? same_text(a->text, b->text) : a->number == b->number;
    return true;
}

static bool call_equal(struct reader *reader, const struct go_value *given, size_t count,
                       bool wanted, struct go_value *value)
{
    bool any = false;

    if (count < 2 || (!wanted && count > 2))
        return fail(reader, "eq and ne compare two values, before", reader->left);
    for (size_t i = 1; i < count && !any; i++)
        if (!equal(reader, &given[0], &given[i], &any)) return false;
    return *value = bool_value(any == wanted), true;
}

/* 'and' gives the first value that does not hold, 'or' the first that does, else the last. */
static void call_choice(const struct go_value *given, size_t count, bool until,
                        struct go_value *value)
{
    size_t i = 0;

    while (i + 1 < count && go_value_holds(&given[i]) != until) i++;
    *value = given[i];
}

static bool call_length(struct reader *reader, const struct go_value *given, size_t count,
                        struct go_value *value)
{
    if (count != 1 || (given->kind != GO_LIST && given->kind != GO_TEXT))
        return fail(reader, "len takes one list, before", reader->left);
    return *value = number_value(given->kind == GO_LIST ? given->number : given->text.len), true;
}

static bool call_slice(struct reader *reader, const struct go_value *given, size_t count,
                       struct go_value *value)
{
    if (count != 2 || given[0].kind != GO_LIST || given[1].kind != GO_NUMBER ||
        given[1].number > given[0].number)
        return fail(reader, "slice takes a list and where to begin, before", reader->left);
    *value = given[0];
    value->number -= given[1].number;
    return true;
}

static bool call(struct reader *reader, struct text name, const struct go_value *given,
                 size_t count, struct go_value *value)
{
    if (!count) return fail(reader, "nothing is given to", name);
    if (text_is(name, "eq")) return call_equal(reader, given, count, true, value);
    if (text_is(name, "ne")) return call_equal(reader, given, count, false, value);
    if (text_is(name, "len")) return call_length(reader, given, count, value);
    if (text_is(name, "slice")) return call_slice(reader, given, count, value);
    if (text_is(name, "and")) return call_choice(given, count, false, value), true;
    if (text_is(name, "or")) return call_choice(given, count, true, value), true;
    if (!text_is(name, "not")) return fail(reader, "there is no support for", name);
    if (count != 1) return fail(reader, "not takes one value, before", reader->left);
    return *value = bool_value(!go_value_holds(given)), true;
}

static bool begins_name(const struct reader *reader)
{
    return reader->left.at[0] >= 'a' && reader->left.at[0] <= 'z';
}

/* A function with what it is given, or one value; up to a ')' or the end. */
static bool expression(struct reader *reader, struct go_value *value)
{
    struct go_value given[ARGUMENTS];
    struct text name = {"", 0};
    size_t count = 0;

    skip_blanks(reader);
    if (!reader->left.len) return fail(reader, "nothing where a value should be", reader->left);
    if (begins_name(reader)) name = take_word(reader);
    for (;;) {
        skip_blanks(reader);
        if (!reader->left.len || reader->left.at[0] == ')') break;
        if (count == ARGUMENTS) return fail(reader, "too many values before", reader->left);
        if (!operand(reader, &given[count])) return false;
        count++;
    }
    if (name.len) return call(reader, name, given, count, value);
    if (count != 1) return fail(reader, "one value should stand before", reader->left);
    return *value = given[0], true;
}

bool go_value_of(const struct go_scope *scope, struct text source, struct go_value *value,
                 struct err *err)
{
    struct reader reader = {.scope = scope, .left = source, .err = err};

    if (!expression(&reader, value)) return false;
    return !reader.left.len || fail(&reader, "there is no support for", reader.left);
}
