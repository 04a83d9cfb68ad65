/* Values to JSON. */
#include "jinja/codes.h"
#include "jinja/json.h"
#include "jinja/show.h"
#include "records/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct writing {
    struct work *work;
    const struct json_style *style;
};

static bool write_code(struct work *work, uint32_t code)
{
    static const char short_ones[] = "\"\"\\\\\nn\rr\tt\ff\bb";
    char escape[16];

    for (const char *row = short_ones; *row; row += 2)
        if ((unsigned char)*row == code) {
            escape[0] = '\\';
            escape[1] = row[1];
            return work_add(work, escape, 2);
        }
    if (code < 0x10000)
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned)code);
    else
        snprintf(escape, sizeof escape, "\\u%04x\\u%04x",
                 (unsigned)(0xd800 + ((code - 0x10000) >> 10)),
                 (unsigned)(0xdc00 + ((code - 0x10000) & 0x3ff)));
    return work_add_text(work, escape);
}

static bool write_text(struct writing *writing, struct text text)
{
    const char *at = text.at, *end = text.at + text.len, *plain = at;
    struct work *work = writing->work;

    if (!work_add(work, "\"", 1)) return false;
    while (at < end) {
        unsigned char byte = (unsigned char)*at;
        uint32_t code;

        if (byte >= ' ' && byte != '"' && byte != '\\' && (!writing->style->ascii || byte < 0x7f)) {
            at++;
            continue;
        }
        if (byte == 0x7f) {
            at++;
            continue;
        }
        if (at > plain && !work_add(work, plain, (size_t)(at - plain))) return false;
        code = utf8_next(&at);
        if (!write_code(work, code)) return false;
        plain = at;
    }
    return (at == plain || work_add(work, plain, (size_t)(at - plain))) && work_add(work, "\"", 1);
}

static bool write_at(struct writing *writing, const struct datum *datum, unsigned depth);

static bool write_line(struct writing *writing, unsigned depth)
{
    if (!writing->style->lines) return true;
    if (!work_add(writing->work, "\n", 1)) return false;
    for (unsigned i = 0; i < depth; i++)
        if (!work_add(writing->work, writing->style->indent.at, writing->style->indent.len))
            return false;
    return true;
}

/* What stands before item i: the separator of the items before, the line. */
static bool write_before(struct writing *writing, size_t i, unsigned depth)
{
    struct text between = writing->style->between;

    return (i == 0 || work_add(writing->work, between.at, between.len)) &&
           write_line(writing, depth);
}

static bool write_list(struct writing *writing, const struct list *list, unsigned depth)
{
    if (list->count == 0) return work_add_text(writing->work, "[]");
    if (!work_add(writing->work, "[", 1)) return false;
    for (size_t i = 0; i < list->count; i++)
        if (!write_before(writing, i, depth + 1) || !write_at(writing, &list->at[i], depth + 1))
            return false;
    return write_line(writing, depth) && work_add(writing->work, "]", 1);
}

static bool write_float(struct work *work, double real)
{
    if (isnan(real)) return work_add_text(work, "NaN");
    if (isinf(real)) return work_add_text(work, real < 0 ? "-Infinity" : "Infinity");
    return show_float(work, real);
}

static bool write_scalar(struct writing *writing, const struct datum *datum)
{
    struct work *work = writing->work;

    switch (datum->kind) {
    case DATUM_NONE: return work_add_text(work, "null");
    case DATUM_BOOL: return work_add_text(work, datum->truth ? "true" : "false");
    case DATUM_INT: return show_value(work, datum);
    case DATUM_FLOAT: return write_float(work, datum->real);
    case DATUM_TEXT: return write_text(writing, datum->text);
    case DATUM_UNDEFINED:
        return err_set(work->err, "'%.*s' is undefined and has no JSON", (int)datum->text.len,
                       datum->text.at);
    default: return err_set(work->err, "%s has no JSON", datum_name(datum));
    }
}

/* Keys that are no strings become ones. */
static bool write_key(struct writing *writing, const struct datum *key)
{
    bool text = key->kind == DATUM_TEXT;

    if (!text && !datum_is_number(key) && key->kind != DATUM_NONE)
        return err_set(writing->work->err, "%s cannot be a key in JSON", datum_name(key));
    return (text || work_add(writing->work, "\"", 1)) && write_scalar(writing, key) &&
           (text || work_add(writing->work, "\"", 1)) &&
           work_add(writing->work, writing->style->after_key.at, writing->style->after_key.len);
}

/* The entries of a dict in the order of their keys. */
static bool sort_entries(struct work *work, const struct dict *dict, struct entry **sorted)
{
    struct entry *at = work_take(work, dict->count * sizeof *at);

    if (!at) return false;
    *sorted = at;
    for (size_t i = 0; i < dict->count; i++) {
        size_t place = i;

        if (!work_spend(work, 0)) return false;
        for (; place > 0; place--) {
            int order;

            if (!datum_order(work, &at[place - 1].key, &dict->at[i].key, &order)) return false;
            if (order <= 0) break;
            at[place] = at[place - 1];
        }
        at[place] = dict->at[i];
    }
    return true;
}

static bool write_dict(struct writing *writing, const struct dict *dict, unsigned depth)
{
    struct entry *at = dict->at;

    if (dict->count == 0) return work_add_text(writing->work, "{}");
    if (writing->style->sorted && !sort_entries(writing->work, dict, &at)) return false;
    if (!work_add(writing->work, "{", 1)) return false;
    for (size_t i = 0; i < dict->count; i++)
        if (!write_before(writing, i, depth + 1) || !write_key(writing, &at[i].key) ||
            !write_at(writing, &at[i].value, depth + 1))
            return false;
    return write_line(writing, depth) && work_add(writing->work, "}", 1);
}

static bool write_at(struct writing *writing, const struct datum *datum, unsigned depth)
{
    if (depth > WORK_DEPTH)
        return err_set(writing->work->err, "lists more than %d deep have no JSON", WORK_DEPTH);
    if (datum->kind == DATUM_LIST || datum->kind == DATUM_TUPLE)
        return write_list(writing, datum->list, depth);
    if (datum->kind == DATUM_DICT) return write_dict(writing, datum->dict, depth);
    return write_scalar(writing, datum);
}

bool json_write(struct work *work, const struct datum *datum, const struct json_style *style)
{
    struct writing writing = {work, style};

    return write_at(&writing, datum, 0);
}
