#include "jinja/datum.h"

#include "records/value.h"

#include <string.h>

struct datum datum_bool(bool truth)
{
    return (struct datum){.kind = DATUM_BOOL, .truth = truth};
}

struct datum datum_int(int64_t whole)
{
    return (struct datum){.kind = DATUM_INT, .whole = whole};
}

struct datum datum_float(double real)
{
    return (struct datum){.kind = DATUM_FLOAT, .real = real};
}

struct datum datum_text(struct text text)
{
    return (struct datum){.kind = DATUM_TEXT, .text = text};
}

struct datum datum_undefined(struct text what)
{
    return (struct datum){.kind = DATUM_UNDEFINED, .text = what};
}

static const struct datum nothing[1]; /* where an empty list begins */

bool datum_list(struct work *work, enum datum_kind kind, const struct datum *at, size_t count,
                struct datum *out)
{
    struct list *list = work_take(work, sizeof *list);

    if (!list) return false;
    *list = (struct list){at ? at : nothing, count, 0};
    *out = (struct datum){.kind = kind, .list = list};
    return true;
}

bool datum_pop(struct work *work, size_t mark, struct datum *out)
{
    struct text text;

    if (!work_pop(work, mark, &text)) return false;
    *out = datum_text(text);
    return true;
}

bool datum_dict(struct work *work, enum datum_kind kind, size_t room, struct datum *out)
{
    struct dict *dict = work_take(work, sizeof *dict);

    if (!dict) return false;
    *dict = (struct dict){NULL, 0, room};
    if (room > 0 && !(dict->at = work_take(work, room * sizeof *dict->at))) return false;
    *out = (struct datum){.kind = kind, .dict = dict};
    return true;
}

const struct entry *dict_get(const struct dict *dict, struct text key)
{
    for (size_t i = 0; i < dict->count; i++) {
        const struct datum *there = &dict->at[i].key;

        if (there->kind == DATUM_TEXT && there->text.len == key.len &&
            memcmp(there->text.at, key.at, key.len) == 0)
            return &dict->at[i];
    }
    return NULL;
}

static bool can_be_key(struct work *work, const struct datum *key)
{
    if (key->kind == DATUM_LIST || key->kind == DATUM_DICT || key->kind == DATUM_VIEW)
        return err_set(work->err, "%s cannot be a key", datum_name(key));
    return true;
}

bool dict_find(struct work *work, const struct dict *dict, const struct datum *key,
               const struct entry **found)
{
    bool equal;

    if (!can_be_key(work, key) || !work_spend(work, 8 * dict->count)) return false;
    *found = NULL;
    if (key->kind == DATUM_TEXT) {
        *found = dict_get(dict, key->text);
        return true;
    }
    for (size_t i = 0; i < dict->count && !*found; i++) {
        if (!datum_equal(work, &dict->at[i].key, key, &equal)) return false;
        if (equal) *found = &dict->at[i];
    }
    return true;
}

static bool make_room(struct work *work, struct dict *dict)
{
    size_t room = dict->room ? 2 * dict->room : 4;
    struct entry *at = work_take(work, room * sizeof *at);

    if (!at) return false;
    if (dict->at) memcpy(at, dict->at, dict->count * sizeof *at);
    dict->at = at;
    dict->room = room;
    return true;
}

bool dict_set(struct work *work, struct dict *dict, const struct datum *key,
              const struct datum *value)
{
    const struct entry *found;

    if (!dict_find(work, dict, key, &found)) return false;
    if (found) {
        dict->at[found - dict->at].value = *value;
        return true;
    }
    if ((!dict->at || dict->count == dict->room) && !make_room(work, dict)) return false;
    dict->at[dict->count++] = (struct entry){*key, *value};
    return true;
}

const char *datum_name(const struct datum *datum)
{
    static const char *const names[] = {
        "nothing",          "an undefined value", "none",    "a boolean",   "an integer",
        "a float",          "a string",           "a list",  "a tuple",     "a range",
        "a view of a dict", "an iterator",        "a dict",  "a namespace", "the loop",
        "a macro",          "a function",         "a method"};

    return names[datum->kind];
}

bool datum_is_number(const struct datum *datum)
{
    return datum->kind == DATUM_BOOL || datum->kind == DATUM_INT || datum->kind == DATUM_FLOAT;
}

bool datum_true(const struct datum *datum)
{
    switch (datum->kind) {
    case DATUM_ABSENT:
    case DATUM_UNDEFINED:
    case DATUM_NONE: return false;
    case DATUM_BOOL: return datum->truth;
    case DATUM_INT: return datum->whole != 0;
    case DATUM_FLOAT: return datum->real != 0;
    case DATUM_TEXT: return datum->text.len > 0;
    case DATUM_LIST:
    case DATUM_TUPLE:
    case DATUM_RANGE:
    case DATUM_VIEW: return datum->list->count > 0;
    case DATUM_DICT: return datum->dict->count > 0;
    default: return true;
    }
}

bool datum_length(struct work *work, const struct datum *datum, size_t *length)
{
    switch (datum->kind) {
    case DATUM_UNDEFINED: *length = 0; return true;
    case DATUM_TEXT: *length = utf8_count(datum->text); return work_spend(work, datum->text.len);
    case DATUM_LIST:
    case DATUM_TUPLE:
    case DATUM_RANGE:
    case DATUM_VIEW: *length = datum->list->count; return true;
    case DATUM_DICT: *length = datum->dict->count; return true;
    default: return err_set(work->err, "%s has no length", datum_name(datum));
    }
}

static bool letters(struct work *work, struct text text, struct list *items)
{
    const char *at = text.at, *end = text.at + text.len;
    size_t count = utf8_count(text);
    struct datum *letter = work_take(work, count * sizeof *letter);

    if (!letter || !work_spend(work, text.len)) return false;
    *items = (struct list){letter, count, 0};
    while (at < end) {
        const char *begin = at;

        utf8_next(&at);
        *letter++ = datum_text((struct text){begin, (size_t)(at - begin)});
    }
    return true;
}

static bool keys(struct work *work, const struct dict *dict, struct list *items)
{
    struct datum *at = work_take(work, dict->count * sizeof *at);

    if (!at || !work_spend(work, dict->count)) return false;
    for (size_t i = 0; i < dict->count; i++) at[i] = dict->at[i].key;
    *items = (struct list){at, dict->count, 0};
    return true;
}

bool datum_items(struct work *work, const struct datum *datum, struct list *items)
{
    switch (datum->kind) {
    case DATUM_UNDEFINED: *items = (struct list){nothing, 0, 0}; return true;
    case DATUM_TEXT: return letters(work, datum->text, items);
    case DATUM_LIST:
    case DATUM_TUPLE:
    case DATUM_RANGE:
    case DATUM_VIEW: *items = *datum->list; return true;
    case DATUM_DICT: return keys(work, datum->dict, items);
    case DATUM_ITERATOR:
        *items = (struct list){datum->list->at + datum->list->used,
                               datum->list->count - datum->list->used, 0};
        datum->list->used = datum->list->count;
        return true;
    default: return err_set(work->err, "%s cannot be walked over", datum_name(datum));
    }
}
