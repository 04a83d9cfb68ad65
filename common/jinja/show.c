#include "jinja/show.h"

#include "jinja/codes.h"
#include "records/value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Python's repr of a float: the fewest digits that give it back, an exponent when it is below -4
 * or above 15. */
bool show_float(struct work *work, double real)
{
    char digits[40], *exponent;
    int precision = 0, power;

    if (isnan(real)) return work_add_text(work, "nan");
    if (isinf(real)) return work_add_text(work, real < 0 ? "-inf" : "inf");
    do snprintf(digits, sizeof digits, "%.*e", precision, real);
    while (strtod(digits, NULL) != real && ++precision < 17);
    exponent = strchr(digits, 'e');
    power = (int)strtol(exponent + 1, NULL, 10);
    if (power < -4 || power > 15) return work_add_text(work, digits);
    precision = precision > power ? precision - power : 1;
    snprintf(digits, sizeof digits, "%.*f", precision, real);
    return work_add_text(work, digits);
}

static bool show_escape(struct work *work, uint32_t code)
{
    char escape[16];

    if (code == '\n') return work_add_text(work, "\\n");
    if (code == '\r') return work_add_text(work, "\\r");
    if (code == '\t') return work_add_text(work, "\\t");
    snprintf(escape, sizeof escape,
             code < 0x100     ? "\\x%02x"
             : code < 0x10000 ? "\\u%04x"
                              : "\\U%08x",
             (unsigned)code);
    return work_add_text(work, escape);
}

static bool repr_text(struct work *work, struct text text)
{
    bool single = text.len > 0 && memchr(text.at, '\'', text.len);
    char quote = single && !memchr(text.at, '"', text.len) ? '"' : '\'';
    const char *at = text.at, *end = text.at + text.len;

    if (!work_add(work, &quote, 1)) return false;
    while (at < end) {
        const char *begin = at;
        uint32_t code = utf8_next(&at);
        bool good;

        if (code == '\\' || code == (unsigned char)quote)
            good = work_add_text(work, "\\") && work_add(work, begin, 1);
        else if (code_is_printable(code))
            good = work_add(work, begin, (size_t)(at - begin));
        else
            good = show_escape(work, code);
        if (!good) return false;
    }
    return work_add(work, &quote, 1);
}

static bool repr_at(struct work *work, const struct datum *datum, unsigned depth);

static bool repr_list(struct work *work, const struct datum *datum, unsigned depth)
{
    bool tuple = datum->kind == DATUM_TUPLE;
    size_t count = datum->list->count;

    if (!work_add_text(work, tuple ? "(" : "[")) return false;
    for (size_t i = 0; i < count; i++)
        if ((i > 0 && !work_add_text(work, ", ")) || !repr_at(work, &datum->list->at[i], depth + 1))
            return false;
    return work_add_text(work, !tuple ? "]" : count == 1 ? ",)" : ")");
}

static bool repr_dict(struct work *work, const struct dict *dict, unsigned depth)
{
    if (!work_add_text(work, "{")) return false;
    for (size_t i = 0; i < dict->count; i++)
        if ((i > 0 && !work_add_text(work, ", ")) || !repr_at(work, &dict->at[i].key, depth + 1) ||
            !work_add_text(work, ": ") || !repr_at(work, &dict->at[i].value, depth + 1))
            return false;
    return work_add_text(work, "}");
}

static bool show_int(struct work *work, int64_t whole)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, whole);
    return work_add_text(work, digits);
}

static bool repr_at(struct work *work, const struct datum *datum, unsigned depth)
{
    if (depth > WORK_DEPTH)
        return err_set(work->err, "lists more than %d deep cannot be printed", WORK_DEPTH);
    switch (datum->kind) {
    case DATUM_UNDEFINED: return depth == 0 || work_add_text(work, "Undefined");
    case DATUM_NONE: return work_add_text(work, "None");
    case DATUM_BOOL: return work_add_text(work, datum->truth ? "True" : "False");
    case DATUM_INT: return show_int(work, datum->whole);
    case DATUM_FLOAT: return show_float(work, datum->real);
    case DATUM_TEXT:
        if (datum->safe) return err_set(work->err, "a string marked safe cannot be quoted");
        return repr_text(work, datum->text);
    case DATUM_LIST:
    case DATUM_TUPLE: return repr_list(work, datum, depth);
    case DATUM_DICT: return repr_dict(work, datum->dict, depth);
    default: return err_set(work->err, "%s cannot be printed", datum_name(datum));
    }
}

bool show_value(struct work *work, const struct datum *datum)
{
    if (datum->kind == DATUM_TEXT) return work_add(work, datum->text.at, datum->text.len);
    return repr_at(work, datum, 0);
}

bool show_repr(struct work *work, const struct datum *datum)
{
    if (datum->kind == DATUM_UNDEFINED) return work_add_text(work, "Undefined");
    return repr_at(work, datum, 0);
}

bool show_text(struct work *work, const struct datum *datum, struct text *text)
{
    size_t mark = work->out->len;

    if (datum->kind == DATUM_TEXT) {
        *text = datum->text;
        return true;
    }
    return show_value(work, datum) && work_pop(work, mark, text);
}
