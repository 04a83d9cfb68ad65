/* The methods of strings. */
#include "jinja/codes.h"
#include "jinja/library.h"
#include "jinja/operators.h"
#include "jinja/show.h"
#include "jinja/texts.h"
#include "records/value.h"

#include <string.h>

static bool run_strip(struct call *call, struct datum *out)
{
    unsigned sides = call->name[0] == 'l'   ? SIDE_LEFT
                     : call->name[0] == 'r' ? SIDE_RIGHT
                                            : SIDE_LEFT | SIDE_RIGHT;
    bool blanks = call->slot[0].kind == DATUM_ABSENT || call->slot[0].kind == DATUM_NONE;
    struct text set = {NULL, 0};

    if (!blanks && !need_short_text(call, 0, &set)) return false;
    *out = datum_text(text_strip(call->self.text, blanks ? NULL : &set, sides));
    return work_spend(call->work, call->self.text.len);
}

static bool split_blanks(struct items *items, struct text text, int64_t most)
{
    for (;; most--) {
        const char *at, *end;

        text = text_strip(text, NULL, SIDE_LEFT);
        if (text.len == 0) return true;
        at = text.at;
        end = at + text.len;
        if (most == 0) at = end;
        while (at < end && !code_is_space(code_at(at, end))) utf8_next(&at);
        if (!items_add_text(items, text.at, at)) return false;
        text = (struct text){at, (size_t)(end - at)};
    }
}

static bool run_split(struct call *call, struct datum *out)
{
    struct items items = {.work = call->work};
    bool blanks = call->slot[0].kind == DATUM_ABSENT || call->slot[0].kind == DATUM_NONE;
    struct text text = call->self.text, by = {NULL, 0};
    const char *found;
    int64_t most;

    if ((!blanks && !slot_text(call, 0, TEXT(""), &by)) || !slot_int(call, 1, -1, &most))
        return false;
    if (most < 0) most = INT64_MAX;
    if (blanks) return split_blanks(&items, text, most) && items_end(&items, DATUM_LIST, out);
    if (by.len == 0) return err_set(call->work->err, "'split' by an empty string");
    while (most-- > 0 && (found = text_find(text, by, false))) {
        if (!items_add_text(&items, text.at, found)) return false;
        text.len -= (size_t)(found - text.at) + by.len;
        text.at = found + by.len;
    }
    return items_add_text(&items, text.at, text.at + text.len) &&
           items_end(&items, DATUM_LIST, out) && work_spend(call->work, call->self.text.len);
}

static bool run_rsplit(struct call *call, struct datum *out)
{
    struct items items = {.work = call->work};
    struct text text = call->self.text, by;
    const char *found;
    int64_t most;

    if (!need_short_text(call, 0, &by) || !slot_int(call, 1, -1, &most)) return false;
    if (by.len == 0) return err_set(call->work->err, "'rsplit' by blanks is not supported");
    if (most < 0) most = INT64_MAX;
    while (most-- > 0 && (found = text_find(text, by, true))) {
        if (!items_add_text(&items, found + by.len, text.at + text.len)) return false;
        text.len = (size_t)(found - text.at);
    }
    if (!items_add_text(&items, text.at, text.at + text.len)) return false;
    for (size_t i = 0; i < items.count / 2; i++) {
        struct datum swap = items.at[i];

        items.at[i] = items.at[items.count - 1 - i];
        items.at[items.count - 1 - i] = swap;
    }
    return items_end(&items, DATUM_LIST, out);
}

static bool run_splitlines(struct call *call, struct datum *out)
{
    struct list lines;

    if (!text_lines(call->work, call->self.text, &lines)) return false;
    if (lines.at[lines.count - 1].text.len == 0) lines.count--;
    return datum_list(call->work, DATUM_LIST, lines.at, lines.count, out);
}

static bool run_partition(struct call *call, struct datum *out)
{
    bool last = call->name[0] == 'r';
    struct text text = call->self.text, by;
    struct items items = {.work = call->work};
    const char *found, *end = text.at + text.len;

    if (!need_short_text(call, 0, &by)) return false;
    if (by.len == 0) return err_set(call->work->err, "'%s' by an empty string", call->name);
    found = text_find(text, by, last);
    if (!found && last)
        return items_add(&items, datum_text(TEXT(""))) && items_add(&items, datum_text(TEXT(""))) &&
               items_add_text(&items, text.at, end) && items_end(&items, DATUM_TUPLE, out);
    return items_add_text(&items, text.at, found ? found : end) &&
           items_add_text(&items, found ? found : end, found ? found + by.len : end) &&
           items_add_text(&items, found ? found + by.len : end, end) &&
           items_end(&items, DATUM_TUPLE, out);
}

static bool meets(struct text text, struct text word, bool at_end)
{
    return text.len >= word.len &&
           (word.len == 0 ||
            memcmp(text.at + (at_end ? text.len - word.len : 0), word.at, word.len) == 0);
}

/* startswith and endswith take one string or a tuple of them. */
static bool run_meets(struct call *call, struct datum *out)
{
    const struct datum *what = &call->slot[0];
    bool at_end = call->name[0] == 'e', holds = false;
    struct list words = {what, 1, 0};

    if (what->kind == DATUM_TUPLE) words = *what->list;
    for (size_t i = 0; i < words.count && !holds; i++) {
        if (words.at[i].kind != DATUM_TEXT)
            return err_set(call->work->err, "'%s' wants a string, not %s", call->name,
                           datum_name(&words.at[i]));
        holds = meets(call->self.text, words.at[i].text, at_end);
    }
    *out = datum_bool(holds);
    return true;
}

static bool run_remove(struct call *call, struct datum *out)
{
    bool at_end = text_is(text_of(call->name), "removesuffix");
    struct text text = call->self.text, word;

    if (!need_text(call, 0, &word)) return false;
    if (meets(text, word, at_end)) {
        text.len -= word.len;
        if (!at_end) text.at += word.len;
    }
    *out = datum_text(text);
    return true;
}

/* find, rfind, index and rindex. */
static bool run_find(struct call *call, struct datum *out)
{
    bool last = call->name[0] == 'r';
    struct text text = call->self.text, word;
    const char *found;

    if (!need_short_text(call, 0, &word)) return false;
    found = text_find(text, word, last);
    if (!found && strstr(call->name, "index"))
        return err_set(call->work->err, "'%s' finds nothing", call->name);
    text.len = found ? (size_t)(found - text.at) : 0;
    *out = datum_int(found ? (int64_t)utf8_count(text) : -1);
    return work_spend(call->work, call->self.text.len);
}

static bool run_text_count(struct call *call, struct datum *out)
{
    struct text text = call->self.text, word;
    const char *found;
    int64_t count = 0;

    if (!need_text(call, 0, &word)) return false;
    if (word.len == 0) return *out = datum_int((int64_t)utf8_count(text) + 1), true;
    for (; (found = text_find(text, word, false)); count++) {
        text.len -= (size_t)(found - text.at) + word.len;
        text.at = found + word.len;
    }
    *out = datum_int(count);
    return work_spend(call->work, call->self.text.len);
}

static bool run_replace(struct call *call, struct datum *out)
{
    struct text old, new;
    int64_t count;

    return need_text(call, 0, &old) && need_text(call, 1, &new) && slot_int(call, 2, -1, &count) &&
           texts_replace(call->work, call->self.text, old, new, count, out);
}

/* upper, lower and capitalize are the filters of that name. */
static bool run_as_filter(struct call *call, struct datum *out)
{
    return filter_call(filter_find(text_of(call->name)), call, out);
}

/* Python's str.title: a letter behind no letter is a capital. */
static bool run_title(struct call *call, struct datum *out)
{
    const char *at = call->self.text.at, *end = at + call->self.text.len;
    size_t mark = call->work->out->len;
    bool inside = false;

    for (; at < end; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');

        if ((unsigned char)*at >= 0x80)
            return err_set(call->work->err, "'title' beyond ASCII is not supported");
        if (!work_add_case(call->work, (struct text){at, 1}, inside ? CASE_LOWER : CASE_UPPER))
            return false;
        inside = letter;
    }
    return datum_pop(call->work, mark, out);
}

static bool run_text_join(struct call *call, struct datum *out)
{
    size_t mark = call->work->out->len;
    struct list items;

    if (!datum_items(call->work, &call->slot[0], &items)) return false;
    for (size_t i = 0; i < items.count; i++) {
        if (items.at[i].kind != DATUM_TEXT)
            return err_set(call->work->err, "'join' of %s", datum_name(&items.at[i]));
        if ((i > 0 && !work_add(call->work, call->self.text.at, call->self.text.len)) ||
            !show_value(call->work, &items.at[i]))
            return false;
    }
    return datum_pop(call->work, mark, out);
}

static bool run_text_format(struct call *call, struct datum *out)
{
    return show_braces(call->work, call->self.text, call, out);
}

/* isdigit, isalpha, isalnum, isspace, isupper, islower */
static bool run_is(struct call *call, struct datum *out)
{
    const char *what = call->name + 2;
    struct text text = call->self.text;
    bool all = text.len > 0, cased = false;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool digit = byte >= '0' && byte <= '9', lower = byte >= 'a' && byte <= 'z',
             upper = byte >= 'A' && byte <= 'Z';

        if (byte >= 0x80)
            return err_set(call->work->err, "'%s' beyond ASCII is not supported", call->name);
        cased = cased || lower || upper;
        if (*what == 'd'                 ? !digit
            : *what == 's'               ? !code_is_space(byte)
            : *what == 'u'               ? lower
            : *what == 'l'               ? upper
            : strcmp(what, "alpha") == 0 ? !lower && !upper
                                         : !lower && !upper && !digit)
            all = false;
    }
    *out = datum_bool(all && (cased || (*what != 'u' && *what != 'l')));
    return true;
}

static const struct method methods[] = {
    {DATUM_TEXT, "strip", "chars", run_strip},
    {DATUM_TEXT, "split", "sep maxsplit", run_split},
    {DATUM_TEXT, "startswith", "prefix", run_meets},
    {DATUM_TEXT, "endswith", "suffix", run_meets},
    {DATUM_TEXT, "lstrip", "chars", run_strip},
    {DATUM_TEXT, "rstrip", "chars", run_strip},
    {DATUM_TEXT, "replace", "old new count", run_replace},
    {DATUM_TEXT, "upper", "", run_as_filter},
    {DATUM_TEXT, "lower", "", run_as_filter},
    {DATUM_TEXT, "capitalize", "", run_as_filter},
    {DATUM_TEXT, "title", "", run_title},
    {DATUM_TEXT, "splitlines", "", run_splitlines},
    {DATUM_TEXT, "rsplit", "sep maxsplit", run_rsplit},
    {DATUM_TEXT, "partition", "sep", run_partition},
    {DATUM_TEXT, "rpartition", "sep", run_partition},
    {DATUM_TEXT, "removeprefix", "prefix", run_remove},
    {DATUM_TEXT, "removesuffix", "suffix", run_remove},
    {DATUM_TEXT, "find", "sub", run_find},
    {DATUM_TEXT, "rfind", "sub", run_find},
    {DATUM_TEXT, "index", "sub", run_find},
    {DATUM_TEXT, "rindex", "sub", run_find},
    {DATUM_TEXT, "count", "sub", run_text_count},
    {DATUM_TEXT, "join", "iterable", run_text_join},
    {DATUM_TEXT, "format", "*", run_text_format},
    {DATUM_TEXT, "isdigit", "", run_is},
    {DATUM_TEXT, "isalpha", "", run_is},
    {DATUM_TEXT, "isalnum", "", run_is},
    {DATUM_TEXT, "isspace", "", run_is},
    {DATUM_TEXT, "isupper", "", run_is},
    {DATUM_TEXT, "islower", "", run_is},
    {DATUM_TEXT, "casefold", "", NULL},
    {DATUM_TEXT, "center", "", NULL},
    {DATUM_TEXT, "encode", "", NULL},
    {DATUM_TEXT, "expandtabs", "", NULL},
    {DATUM_TEXT, "format_map", "", NULL},
    {DATUM_TEXT, "isascii", "", NULL},
    {DATUM_TEXT, "isdecimal", "", NULL},
    {DATUM_TEXT, "isidentifier", "", NULL},
    {DATUM_TEXT, "isnumeric", "", NULL},
    {DATUM_TEXT, "isprintable", "", NULL},
    {DATUM_TEXT, "istitle", "", NULL},
    {DATUM_TEXT, "ljust", "", NULL},
    {DATUM_TEXT, "maketrans", "", NULL},
    {DATUM_TEXT, "rjust", "", NULL},
    {DATUM_TEXT, "swapcase", "", NULL},
    {DATUM_TEXT, "translate", "", NULL},
    {DATUM_TEXT, "zfill", "", NULL},
};

const struct method *method_find(enum datum_kind kind, struct text name)
{
    if (kind != DATUM_TEXT) return method_find_other(kind, name);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (text_is(name, methods[i].name)) return &methods[i];
    return NULL;
}
