/* The functions that a template finds under their names. */
#include "jinja/library.h"
#include "jinja/operators.h"
#include "jinja/show.h"

#include <string.h>

#define RANGE_LIMIT 100000 /* Jinja's sandbox has the same */

/* namespace(dict, name=value, ...) and dict(...): both begin with what they are given. */
static bool gather(struct call *call, enum datum_kind kind, struct datum *out)
{
    if (!datum_dict(call->work, kind, 0, out)) return false;
    for (size_t i = 0; i < call->count; i++) {
        const struct datum *given = &call->given[i];
        struct datum key = datum_text(call->names[i]);

        if (call->names[i].len > 0) {
            if (!dict_set(call->work, out->dict, &key, given)) return false;
            continue;
        }
        if (i > 0 || given->kind != DATUM_DICT)
            return err_set(call->work->err, "'%s' of %s is not supported", call->name,
                           datum_name(given));
        for (size_t j = 0; j < given->dict->count; j++)
            if (!dict_set(call->work, out->dict, &given->dict->at[j].key,
                          &given->dict->at[j].value))
                return false;
    }
    return true;
}

static bool run_namespace(struct call *call, struct datum *out)
{
    return gather(call, DATUM_NAMESPACE, out);
}

static bool run_dict(struct call *call, struct datum *out)
{
    return gather(call, DATUM_DICT, out);
}

static size_t range_length(int64_t start, int64_t stop, int64_t step)
{
    uint64_t span = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t stride = step > 0 ? (uint64_t)step : -(uint64_t)step;

    if (stride == 0 || (step > 0 ? start >= stop : start <= stop)) return 0;
    return (size_t)((span - 1) / stride + 1);
}

static bool run_range(struct call *call, struct datum *out)
{
    bool one = call->slot[1].kind == DATUM_ABSENT;
    int64_t start, stop, step;
    struct datum *at;
    size_t count;

    if (call->slot[0].kind == DATUM_ABSENT)
        return err_set(call->work->err, "'range' wants a bound");
    if (!slot_int(call, 0, 0, &start) || !slot_int(call, 1, 0, &stop) ||
        !slot_int(call, 2, 1, &step))
        return false;
    if (one) {
        stop = start;
        start = 0;
    }
    if (step == 0) return err_set(call->work->err, "'range' by steps of 0");
    count = range_length(start, stop, step);
    if (count > RANGE_LIMIT)
        return err_set(call->work->err, "'range' of more than %d numbers", RANGE_LIMIT);
    if (!(at = work_take(call->work, count * sizeof *at)) || !work_spend(call->work, count))
        return false;
    for (size_t i = 0; i < count; i++) at[i] = datum_int(start + (int64_t)i * step);
    return datum_list(call->work, DATUM_RANGE, at, count, out);
}

static bool run_raise(struct call *call, struct datum *out)
{
    struct text message;

    *out = (struct datum){.kind = DATUM_NONE};
    if (call->slot[0].kind == DATUM_ABSENT)
        return err_set(call->work->err, "'%s' wants a message", call->name);
    return show_text(call->work, &call->slot[0], &message) &&
           err_set(call->work->err, "the template says: %.*s",
                   (int)(message.len < 400 ? message.len : 400), message.at);
}

/* Only what means the same to Python, and nothing of the zone or of fractions of a second. */
static bool is_known_format(const char *format)
{
    while ((format = strchr(format, '%'))) {
        format += format[1] == '-' ? 2 : 1;
        if (*format == '\0' || !strchr("aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyY%", *format))
            return false;
        format++;
    }
    return true;
}

static bool run_strftime(struct call *call, struct datum *out)
{
    char format[128], date[1024];
    struct text text;
    size_t mark = call->work->out->len, len;

    if (!need_text(call, 0, &text)) return false;
    if (text.len == 0) return *out = datum_text(TEXT("")), true;
    if (text.len >= sizeof format || memchr(text.at, '\0', text.len))
        return err_set(call->work->err, "'strftime_now' of so long a format is not supported");
    memcpy(format, text.at, text.len);
    format[text.len] = '\0';
    if (!is_known_format(format))
        return err_set(call->work->err, "the date format '%s' is not supported", format);
    len = strftime(date, sizeof date, format, call->work->now);
    return work_add(call->work, date, len) && datum_pop(call->work, mark, out);
}

static const struct global globals[] = {
    {"namespace", "*", run_namespace},
    {"range", "start stop step", run_range},
    {"dict", "*", run_dict},
    {"raise_exception", "message", run_raise},
    {"strftime_now", "format", run_strftime},
};

const struct global *global_find(struct text name)
{
    for (size_t i = 0; i < sizeof globals / sizeof globals[0]; i++)
        if (text_is(name, globals[i].name)) return &globals[i];
    return NULL;
}
