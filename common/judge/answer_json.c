/* The first JSON object of a text, and whether two values are the same. */
#include "judge/action.h"
#include "judge/answer_parts.h"
#include "records/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 64 /* braces that are tried, so that hostile texts take no time */

bool json_find(struct text text, struct judge_desk *desk, struct text *object)
{
    const char *at = text.at, *end = text.at + text.len;

    for (int tries = 0; tries < TRIES && at < end; tries++, at++) {
        at = memchr(at, '{', (size_t)(end - at));
        if (!at) return false;
        object->at = at;
        object->len = action_object_length((struct text){at, (size_t)(end - at)});
        if (object->len && scan_json(&desk->scan, at, object->len)) return true;
    }
    return false;
}

struct pair_of_values {
    struct value a, b;
};

static void push(struct buffer *stack, const struct value *a, const struct value *b)
{
    struct pair_of_values pair = {*a, *b};

    buffer_add(stack, &pair, sizeof pair);
}

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static bool strings_same(const struct value *a, const struct value *b, bool normal,
                         struct judge_desk *desk)
{
    struct text x, y;
    size_t begin;

    desk->scratch.len = 0;
    value_unescape(a, &desk->scratch);
    begin = desk->scratch.len;
    value_unescape(b, &desk->scratch);
    x = (struct text){desk->scratch.at, begin};
    y = buffer_part(&desk->scratch, begin, desk->scratch.len);
    if (x.len == y.len && (!x.len || memcmp(x.at, y.at, x.len) == 0)) return true;
    if (!normal || !x.len || !y.len) return false;
    words_read(&desk->text, x);
    words_read(&desk->key, y);
    return desk->text.count && desk->text.count == desk->key.count &&
           words_at(&desk->text, 0, &desk->key);
}

static bool numbers_same(const struct value *a, const struct value *b)
{
    double x, y;

    if (value_number(a, &x) && value_number(b, &y)) return fabs(x - y) <= 1e-9 * fabs(y);
    return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

/* Pairs up what stands in two objects or arrays; false where one has what the other lacks. */
static bool open_both(const struct value *a, const struct value *b, struct judge_desk *desk)
{
    struct scan *x = &desk->scan, *y = &desk->other;

    if (!scan_json(x, a->at, a->len) || !scan_json(y, b->at, b->len) || x->count != y->count)
        return false;
    if (!x->count) return true;
    if (a->kind == KIND_OBJECT) {
        qsort(x->members, x->count, sizeof *x->members, compare_members);
        qsort(y->members, y->count, sizeof *y->members, compare_members);
    }
    for (size_t i = 0; i < x->count; i++) {
        if (a->kind == KIND_OBJECT &&
            !strings_same(&x->members[i].key, &y->members[i].key, false, desk))
            return false;
        push(&desk->pairs, &x->members[i].value, &y->members[i].value);
    }
    return true;
}

static bool same_here(const struct value *a, const struct value *b, bool normal,
                      struct judge_desk *desk)
{
    if (a->kind != b->kind) return false;
    if (a->kind == KIND_NUMBER) return numbers_same(a, b);
    if (a->kind == KIND_STRING) return strings_same(a, b, normal, desk);
    return (a->kind != KIND_OBJECT && a->kind != KIND_ARRAY) || open_both(a, b, desk);
}

bool json_same(const struct value *a, const struct value *b, bool normal, struct judge_desk *desk)
{
    struct pair_of_values pair;

    desk->pairs.len = 0;
    push(&desk->pairs, a, b);
    while (desk->pairs.len) {
        desk->pairs.len -= sizeof pair;
        memcpy(&pair, desk->pairs.at + desk->pairs.len, sizeof pair);
        if (!same_here(&pair.a, &pair.b, normal, desk)) return false;
    }
    return true;
}

/* The object without the white space between its tokens. */
static void add_compact(struct text object, struct buffer *out)
{
    bool string = false;

    for (size_t i = 0; i < object.len; i++) {
        char c = object.at[i];

        if (!string && strchr(" \t\r\n", c) && c) continue;
        if (c == '"') string = !string;
        buffer_byte(out, c);
        if (string && c == '\\') buffer_byte(out, object.at[++i]);
    }
}

bool answer_json(struct reading *r, struct buffer *out)
{
    struct text object = {0};
    struct value got, want;

    if (!r->text.len || !json_find(r->text, r->desk, &object)) return false;
    if (out) add_compact(object, out);
    got = r->desk->scan.root;
    if (!r->key->answer.len || !scan_json(&r->desk->other, r->key->answer.at, r->key->answer.len))
        return false;
    want = r->desk->other.root;
    return json_same(&got, &want, false, r->desk);
}
