/* Filters of single values. */
#include "jinja/filters.h"

#include "jinja/codes.h"
#include "jinja/json.h"
#include "jinja/operators.h"
#include "jinja/show.h"
#include "records/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What most filters of texts begin with: the value as a text. */
static bool self_text(struct call *call, struct text *text)
{
    return show_text(call->work, &call->self, text);
}

static bool run_string(struct call *call, struct datum *out)
{
    struct text text;

    if (!self_text(call, &text)) return false;
    *out = datum_text(text);
    out->safe = call->self.safe;
    return true;
}

static bool run_case(struct call *call, enum letter_case letter_case, struct datum *out)
{
    size_t mark = call->work->out->len;
    struct text text;

    if (!self_text(call, &text) || !work_add_case(call->work, text, letter_case) ||
        !datum_pop(call->work, mark, out))
        return false;
    out->safe = call->self.safe;
    return true;
}

static bool run_lower(struct call *call, struct datum *out)
{
    return run_case(call, CASE_LOWER, out);
}

static bool run_upper(struct call *call, struct datum *out)
{
    return run_case(call, CASE_UPPER, out);
}

/* The first letter in one case, the rest in lower case. */
static bool add_capital(struct work *work, struct text text, enum letter_case first)
{
    const char *rest = text_seek(text, 1);
    size_t len = (size_t)(rest - text.at);

    return work_add_case(work, (struct text){text.at, len}, first) &&
           work_add_case(work, (struct text){rest, text.len - len}, CASE_LOWER);
}

static bool run_capitalize(struct call *call, struct datum *out)
{
    size_t mark = call->work->out->len;
    struct text text;

    if (!self_text(call, &text) || !add_capital(call->work, text, CASE_TITLE) ||
        !datum_pop(call->work, mark, out))
        return false;
    out->safe = call->self.safe;
    return true;
}

static bool parts_words(uint32_t code)
{
    return code == '-' || code == '(' || code == '{' || code == '[' || code == '<' ||
           code_is_space(code);
}

static bool run_title(struct call *call, struct datum *out)
{
    size_t mark = call->work->out->len;
    struct text text;
    const char *at, *end;

    if (!self_text(call, &text)) return false;
    at = text.at;
    end = at + text.len;
    while (at < end) {
        const char *word = at;
        bool parts = parts_words(code_at(at, end));

        while (at < end && parts_words(code_at(at, end)) == parts) utf8_next(&at);
        if (!add_capital(call->work, (struct text){word, (size_t)(at - word)}, CASE_UPPER))
            return false;
    }
    return datum_pop(call->work, mark, out);
}

static bool run_trim(struct call *call, struct datum *out)
{
    struct text text, set;
    bool all = call->slot[0].kind == DATUM_ABSENT || call->slot[0].kind == DATUM_NONE;

    if (!self_text(call, &text) || (!all && !need_short_text(call, 0, &set))) return false;
    *out = datum_text(text_strip(text, all ? NULL : &set, SIDE_LEFT | SIDE_RIGHT));
    out->safe = call->self.safe;
    return work_spend(call->work, text.len);
}

static bool run_default(struct call *call, struct datum *out)
{
    bool missing =
        call->self.kind == DATUM_UNDEFINED || (slot_true(call, 1) && !datum_true(&call->self));

    *out = !missing                             ? call->self
           : call->slot[0].kind == DATUM_ABSENT ? datum_text(TEXT(""))
                                                : call->slot[0];
    return true;
}

static bool run_length(struct call *call, struct datum *out)
{
    size_t length;

    if (!datum_length(call->work, &call->self, &length)) return false;
    *out = datum_int((int64_t)length);
    return true;
}

static bool run_safe(struct call *call, struct datum *out)
{
    if (!run_string(call, out)) return false;
    out->safe = true;
    return true;
}

static bool run_escape(struct call *call, struct datum *out)
{
    size_t mark = call->work->out->len;
    struct text text;

    if (call->self.kind == DATUM_TEXT && call->self.safe) return *out = call->self, true;
    if (!self_text(call, &text) || !work_add_escaped(call->work, text) ||
        !datum_pop(call->work, mark, out))
        return false;
    out->safe = true;
    return true;
}

static bool run_indent(struct call *call, struct datum *out)
{
    struct work *work = call->work;
    const struct datum *width = &call->slot[0];
    size_t mark = work->out->len, blanks_mark;
    bool first = slot_true(call, 1), blank = slot_true(call, 2);
    struct text text, blanks = TEXT("    ");
    int64_t count = 4;
    struct list lines;

    if (call->self.kind != DATUM_TEXT || call->self.safe)
        return err_set(work->err, "'indent' of %s is not supported", datum_name(&call->self));
    if (width->kind == DATUM_TEXT) {
        blanks = width->text;
    } else {
        if (!slot_int(call, 0, 4, &count)) return false;
        for (blanks_mark = work->out->len; count > 0; count--)
            if (!work_add(work, " ", 1)) return false;
        if (!work_pop(work, blanks_mark, &blanks)) return false;
    }
    text = call->self.text;
    if (!text_lines(work, text, &lines)) return false;
    for (size_t i = 0; i < lines.count; i++) {
        struct text line = lines.at[i].text;
        bool moved = i == 0 ? first : blank || line.len > 0;

        if ((i > 0 && !work_add(work, "\n", 1)) ||
            (moved && !work_add(work, blanks.at, blanks.len)) || !work_add(work, line.at, line.len))
            return false;
    }
    return datum_pop(work, mark, out);
}

static bool run_replace(struct call *call, struct datum *out)
{
    struct text text, old, new;
    int64_t count = -1;

    if (call->slot[0].kind == DATUM_ABSENT || call->slot[1].kind == DATUM_ABSENT)
        return err_set(call->work->err, "'replace' wants two strings");
    if (call->slot[2].kind != DATUM_NONE && !slot_int(call, 2, -1, &count)) return false;
    return self_text(call, &text) && show_text(call->work, &call->slot[0], &old) &&
           show_text(call->work, &call->slot[1], &new) &&
           texts_replace(call->work, text, old, new, count, out);
}

static bool run_format(struct call *call, struct datum *out)
{
    struct text text;

    for (size_t i = 0; i < call->count; i++)
        if (call->names[i].len > 0)
            return err_set(call->work->err, "'format' with names is not supported");
    if (call->self.safe)
        return err_set(call->work->err, "'format' of a string marked safe is not supported");
    return self_text(call, &text) && show_percent(call->work, text, call->given, call->count, out);
}

static bool run_center(struct call *call, struct datum *out)
{
    size_t mark = call->work->out->len, length;
    int64_t width, left, pad;
    struct text text;

    if (!self_text(call, &text) || !slot_int(call, 0, 80, &width)) return false;
    length = utf8_count(text);
    pad = width > (int64_t)length ? width - (int64_t)length : 0;
    left = pad / 2 + (pad & width & 1);
    for (int64_t i = 0; i < pad; i++)
        if ((i == left && !work_add(call->work, text.at, text.len)) ||
            !work_add(call->work, " ", 1))
            return false;
    if (left == pad && !work_add(call->work, text.at, text.len)) return false;
    if (!datum_pop(call->work, mark, out)) return false;
    out->safe = call->self.safe;
    return true;
}

static bool run_abs(struct call *call, struct datum *out)
{
    if (call->self.kind == DATUM_FLOAT) return *out = datum_float(fabs(call->self.real)), true;
    if (call->self.kind == DATUM_BOOL) return *out = datum_int(call->self.truth), true;
    if (call->self.kind != DATUM_INT)
        return datum_demand(call->work, &call->self) &&
               err_set(call->work->err, "'abs' of %s", datum_name(&call->self));
    *out = call->self;
    return call->self.whole >= 0 || negate(call->work, &call->self, out);
}

static bool run_tojson(struct call *call, struct datum *out)
{
    struct json_style style = {.between = TEXT(", "), .after_key = TEXT(": ")};
    const struct datum *indent = &call->slot[1], *separators = &call->slot[2];
    size_t mark = call->work->out->len;
    char blanks[64];
    int64_t count = 0;

    style.ascii = slot_true(call, 0);
    style.sorted = slot_true(call, 3);
    style.lines = indent->kind != DATUM_ABSENT && indent->kind != DATUM_NONE;
    if (style.lines) {
        if (indent->kind == DATUM_TEXT)
            style.indent = indent->text;
        else if (!slot_int(call, 1, 0, &count))
            return false;
        if (count > (int64_t)sizeof blanks)
            return err_set(call->work->err, "an indent of more than %zu blanks", sizeof blanks);
        memset(blanks, ' ', sizeof blanks);
        if (count > 0) style.indent = (struct text){blanks, (size_t)count};
        style.between = TEXT(",");
    }
    if (separators->kind == DATUM_TUPLE || separators->kind == DATUM_LIST) {
        const struct list *list = separators->list;

        if (list->count != 2 || list->at[0].kind != DATUM_TEXT || list->at[1].kind != DATUM_TEXT)
            return err_set(call->work->err, "'tojson' wants two strings as separators");
        style.between = list->at[0].text;
        style.after_key = list->at[1].text;
    } else if (separators->kind != DATUM_ABSENT && separators->kind != DATUM_NONE) {
        return err_set(call->work->err, "'tojson' wants two strings as separators");
    }
    return json_write(call->work, &call->self, &style) && datum_pop(call->work, mark, out);
}

static bool run_from_json(struct call *call, struct datum *out)
{
    if (call->self.kind != DATUM_TEXT)
        return err_set(call->work->err, "'from_json' of %s", datum_name(&call->self));
    return json_parse(call->work, call->self.text, "from_json", out);
}

static const struct filter filters[] = {
    {"abs", "", run_abs},
    {"capitalize", "", run_capitalize},
    {"center", "width", run_center},
    {"count", "", run_length},
    {"d", "default_value boolean", run_default},
    {"default", "default_value boolean", run_default},
    {"e", "", run_escape},
    {"escape", "", run_escape},
    {"float", "default", run_float},
    {"format", "*", run_format},
    {"from_json", "", run_from_json},
    {"indent", "width first blank", run_indent},
    {"int", "default base", run_int},
    {"length", "", run_length},
    {"lower", "", run_lower},
    {"replace", "old new count", run_replace},
    {"round", "precision method", run_round},
    {"safe", "", run_safe},
    {"string", "", run_string},
    {"title", "", run_title},
    {"tojson", "ensure_ascii indent separators sort_keys", run_tojson},
    {"trim", "chars", run_trim},
    {"upper", "", run_upper},
};

const struct filter *filter_find(struct text name)
{
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
        if (text_is(name, filters[i].name)) return &filters[i];
    for (const struct filter *row = list_filters; row->name; row++)
        if (text_is(name, row->name)) return row;
    return NULL;
}
