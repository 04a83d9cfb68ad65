/* Python's two ways to put values into a text: '%' and format(). */
#include "jinja/codes.h"
#include "jinja/library.h"
#include "jinja/operators.h"
#include "jinja/show.h"
#include "records/value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct directive {
    bool left, plus, blank, zero;
    int width, precision; /* -1: none */
    char letter;
};

static const char *read_count(const char *at, const char *end, int *count)
{
    for (*count = 0; at < end && *at >= '0' && *at <= '9'; at++)
        *count = *count < 100000 ? *count * 10 + (*at - '0') : *count;
    return at;
}

/* at is behind the '%'; NULL when the text ends within. */
static const char *read_directive(const char *at, const char *end, struct directive *directive)
{
    *directive = (struct directive){.precision = -1};
    for (; at < end && memchr("-+ 0", *at, 4); at++) {
        directive->left = directive->left || *at == '-';
        directive->plus = directive->plus || *at == '+';
        directive->blank = directive->blank || *at == ' ';
        directive->zero = directive->zero || *at == '0';
    }
    at = read_count(at, end, &directive->width);
    if (at < end && *at == '.') at = read_count(at + 1, end, &directive->precision);
    if (at == end) return NULL;
    directive->letter = *at;
    return at + 1;
}

/* Adds the text above mark again, with blanks to its width. */
static bool pad(struct work *work, const struct directive *directive, size_t mark)
{
    struct text text;
    size_t length;

    if (!work_pop(work, mark, &text)) return false;
    length = utf8_count(text);
    if (directive->left && !work_add(work, text.at, text.len)) return false;
    for (; length < (size_t)directive->width; length++)
        if (!work_add(work, " ", 1)) return false;
    return directive->left || work_add(work, text.at, text.len);
}

static bool add_text(struct work *work, const struct directive *directive,
                     const struct datum *datum)
{
    size_t mark = work->out->len;
    struct text text;

    if (directive->letter == 'r' ? !show_repr(work, datum) : !show_value(work, datum)) return false;
    if (directive->precision >= 0) {
        if (!work_pop(work, mark, &text)) return false;
        text.len = (size_t)(text_seek(text, (size_t)directive->precision) - text.at);
        if (!work_add(work, text.at, text.len)) return false;
    }
    return pad(work, directive, mark);
}

static bool add_number(struct work *work, const struct directive *directive,
                       const struct datum *datum)
{
    bool whole = directive->letter == 'd' || directive->letter == 'i';
    char format[16], digits[512];
    size_t at = 0;
    double real = datum->kind == DATUM_FLOAT ? datum->real
                  : datum->kind == DATUM_INT ? (double)datum->whole
                                             : datum_true(datum);

    if (!datum_is_number(datum))
        return datum_demand(work, datum) &&
               err_set(work->err, "'%%%c' of %s", directive->letter, datum_name(datum));
    if (directive->width > 100 || directive->precision > 100 ||
        (whole && directive->precision >= 0))
        return err_set(work->err, "such a '%%%c' is not supported", directive->letter);
    if (!isfinite(real) || (fabs(real) > 0x1p53 && (!whole || datum->kind == DATUM_FLOAT)))
        return err_set(work->err, "'%%%c' of so large a number is not supported",
                       directive->letter);
    format[at++] = '%';
    if (directive->left) format[at++] = '-';
    if (directive->plus) format[at++] = '+';
    if (directive->blank) format[at++] = ' ';
    if (directive->zero) format[at++] = '0';
    snprintf(format + at, sizeof format - at, whole ? "*" PRId64 : "*.*%c", directive->letter);
    if (whole)
        snprintf(digits, sizeof digits, format, directive->width,
                 datum->kind == DATUM_INT ? datum->whole : (int64_t)real);
    else
        snprintf(digits, sizeof digits, format, directive->width,
                 directive->precision < 0 ? 6 : directive->precision, real);
    return work_add_text(work, digits);
}

static bool add_directive(struct work *work, const struct directive *directive,
                          const struct datum *datum)
{
    if (directive->letter == 's' || directive->letter == 'r')
        return add_text(work, directive, datum);
    if (strchr("difFeEgG", directive->letter)) return add_number(work, directive, datum);
    return err_set(work->err, "the format '%%%c' is not supported", directive->letter);
}

bool show_percent(struct work *work, struct text format, const struct datum *values, size_t count,
                  struct datum *out)
{
    const char *at = format.at, *end = at + format.len;
    size_t mark = work->out->len, used = 0;

    while (at < end) {
        const char *sign = memchr(at, '%', (size_t)(end - at));
        struct directive directive;

        if (!work_add(work, at, (size_t)((sign ? sign : end) - at))) return false;
        if (!sign) break;
        at = read_directive(sign + 1, end, &directive);
        if (!at) return err_set(work->err, "a format ends within '%%'");
        if (directive.letter == '%') {
            if (!work_add(work, "%", 1)) return false;
            continue;
        }
        if (used == count) return err_set(work->err, "a format has more '%%' than values");
        if (!add_directive(work, &directive, &values[used++])) return false;
    }
    if (used < count && !(count == 1 && values->kind == DATUM_DICT))
        return err_set(work->err, "a format has fewer '%%' than values");
    return datum_pop(work, mark, out);
}

/* The value that stands for what is between the braces: nothing, a number or a name. */
static const struct datum *field(const struct call *call, struct text name, size_t *next)
{
    size_t index = 0, given = 0;

    while (given < call->count && call->names[given].len == 0) given++;
    if (name.len == 0) return *next < given ? &call->given[(*next)++] : NULL;
    for (size_t i = given; i < call->count; i++)
        if (call->names[i].len == name.len && memcmp(call->names[i].at, name.at, name.len) == 0)
            return &call->given[i];
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] < '0' || name.at[i] > '9' || index > 1000) return NULL;
        index = 10 * index + (size_t)(name.at[i] - '0');
    }
    return index < given ? &call->given[index] : NULL;
}

bool show_braces(struct work *work, struct text format, const struct call *call, struct datum *out)
{
    const char *at = format.at, *end = at + format.len;
    size_t mark = work->out->len, next = 0;

    for (; at < end; at++) {
        const char *close;
        const struct datum *value;

        if (*at != '{' && *at != '}') {
            if (!work_add(work, at, 1)) return false;
            continue;
        }
        if (at + 1 < end && at[1] == *at) {
            if (!work_add(work, at++, 1)) return false;
            continue;
        }
        close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
        if (!close) return err_set(work->err, "'format' of a brace without its other");
        value = field(call, (struct text){at + 1, (size_t)(close - at - 1)}, &next);
        if (!value)
            return err_set(work->err, "'format' of '%.*s' is not supported", (int)(close - at + 1),
                           at);
        if (!show_value(work, value)) return false;
        at = close;
    }
    return datum_pop(work, mark, out);
}
