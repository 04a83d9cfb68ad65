#include "jinja/json.h"

#include "records/value.h"

#include <stdlib.h>
#include <string.h>

/* Walks a text that scan_json found good. */
struct walk {
    struct work *work;
    const char *at;
    struct buffer scratch;
};

static void skip_blanks(struct walk *walk)
{
    while (*walk->at == ' ' || *walk->at == '\n' || *walk->at == '\t' || *walk->at == '\r')
        walk->at++;
}

static bool walk_text(struct walk *walk, struct datum *out)
{
    const char *begin = walk->at, *end = begin + 1;
    struct value value = {.at = begin, .kind = KIND_STRING};
    struct text text;
    char *copy;

    while (*end != '"') {
        if (*end == '\\') {
            value.escaped = true;
            end++;
        }
        end++;
    }
    walk->at = end + 1;
    value.len = (size_t)(walk->at - begin);
    if (!value.escaped) {
        *out = datum_text((struct text){begin + 1, value.len - 2});
        return work_spend(walk->work, value.len);
    }
    walk->scratch.len = 0;
    text = value_text(&value, &walk->scratch);
    if (!(copy = work_take(walk->work, text.len + 1))) return false;
    if (text.len > 0) memcpy(copy, text.at, text.len);
    *out = datum_text((struct text){copy, text.len});
    return work_spend(walk->work, 2 * value.len);
}

static bool walk_whole(struct walk *walk, const char *end, struct datum *out)
{
    bool negative = *walk->at == '-';
    int64_t whole = 0;

    for (const char *at = walk->at + negative; at < end; at++)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_sub_overflow(whole, *at - '0', &whole))
            return err_set(walk->work->err, "a whole number beyond 64 bits is not supported");
    if (!negative && whole == INT64_MIN)
        return err_set(walk->work->err, "a whole number beyond 64 bits is not supported");
    *out = datum_int(negative ? whole : -whole);
    walk->at = end;
    return true;
}

static bool walk_number(struct walk *walk, struct datum *out)
{
    size_t len = strspn(walk->at, "0123456789+-.eE");
    const char *end = walk->at + len;
    struct value value = {.at = walk->at, .len = len, .kind = KIND_NUMBER};
    double real;

    if (!memchr(walk->at, '.', len) && !memchr(walk->at, 'e', len) && !memchr(walk->at, 'E', len))
        return walk_whole(walk, end, out);
    if (!value_number(&value, &real))
        return err_set(walk->work->err, "a number too large for a float is not supported");
    *out = datum_float(real);
    walk->at = end;
    return true;
}

static bool walk_value(struct walk *walk, struct datum *out);

/* Items are gathered in a run that doubles, as their number is not known before. */
static bool walk_array(struct walk *walk, struct datum *out)
{
    struct datum *at = NULL;
    size_t count = 0, room = 0;

    walk->at++;
    skip_blanks(walk);
    while (*walk->at != ']') {
        if (count == room) {
            struct datum *more = work_take(walk->work, (room ? 2 * room : 4) * sizeof *more);

            if (!more) return false;
            if (count > 0) memcpy(more, at, count * sizeof *at);
            at = more;
            room = room ? 2 * room : 4;
        }
        if (!walk_value(walk, &at[count++])) return false;
        skip_blanks(walk);
        if (*walk->at == ',') walk->at++;
        skip_blanks(walk);
    }
    walk->at++;
    return datum_list(walk->work, DATUM_LIST, at, count, out);
}

static bool add_entry(struct work *work, struct dict *dict, struct entry entry)
{
    if (dict->count == dict->room) {
        size_t room = dict->room ? 2 * dict->room : 4;
        struct entry *more = work_take(work, room * sizeof *more);

        if (!more) return false;
        if (dict->count > 0) memcpy(more, dict->at, dict->count * sizeof *more);
        dict->at = more;
        dict->room = room;
    }
    dict->at[dict->count++] = entry;
    return true;
}

static bool walk_object(struct walk *walk, struct datum *out)
{
    if (!datum_dict(walk->work, DATUM_DICT, 0, out)) return false;
    walk->at++;
    skip_blanks(walk);
    while (*walk->at != '}') {
        struct entry entry;

        if (!walk_text(walk, &entry.key)) return false;
        skip_blanks(walk);
        walk->at++; /* the colon */
        if (!walk_value(walk, &entry.value) || !add_entry(walk->work, out->dict, entry))
            return false;
        skip_blanks(walk);
        if (*walk->at == ',') walk->at++;
        skip_blanks(walk);
    }
    walk->at++;
    return true;
}

/* The scanner lets 64 levels pass: so deep it may recurse. */
static bool walk_value(struct walk *walk, struct datum *out)
{
    skip_blanks(walk);
    switch (*walk->at) {
    case '{': return walk_object(walk, out);
    case '[': return walk_array(walk, out);
    case '"': return walk_text(walk, out);
    case 't': walk->at += 4; return *out = datum_bool(true), true;
    case 'f': walk->at += 5; return *out = datum_bool(false), true;
    case 'n': walk->at += 4; return *out = (struct datum){.kind = DATUM_NONE}, true;
    default: return walk_number(walk, out);
    }
}

bool json_parse(struct work *work, struct text json, const char *what, struct datum *out)
{
    struct scan scan = {0};
    struct walk walk = {.work = work};
    bool good = scan_json(&scan, json.at, json.len);
    char *copy;

    if (!good) err_set(work->err, "%s: %s at byte %zu", what, scan.problem, scan.column);
    scan_release(&scan);
    if (!good || !(copy = work_take(work, json.len + 1))) return false;
    memcpy(copy, json.at, json.len);
    copy[json.len] = '\0';
    walk.at = copy;
    good = walk_value(&walk, out);
    buffer_release(&walk.scratch);
    return good;
}
