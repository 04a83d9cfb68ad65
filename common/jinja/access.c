/* Dots, brackets and 'in'. */
#include "jinja/codes.h"
#include "jinja/library.h"
#include "jinja/operators.h"
#include "records/value.h"

#include <string.h>

static bool loop_member(struct work *work, const struct loop *loop, struct text name,
                        struct datum *out)
{
    const struct {
        const char *name;
        size_t number;
    } numbers[] = {{"index", loop->index + 1},
                   {"index0", loop->index},
                   {"revindex", loop->items.count - loop->index},
                   {"revindex0", loop->items.count - loop->index - 1},
                   {"length", loop->items.count},
                   {"depth", 1},
                   {"depth0", 0}};
    bool last = loop->index + 1 == loop->items.count;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (text_is(name, numbers[i].name))
            return *out = datum_int((int64_t)numbers[i].number), true;
    if (text_is(name, "first")) return *out = datum_bool(loop->index == 0), true;
    if (text_is(name, "last")) return *out = datum_bool(last), true;
    *out = datum_undefined(name);
    if (text_is(name, "previtem") && loop->index > 0) *out = loop->items.at[loop->index - 1];
    if (text_is(name, "nextitem") && !last) *out = loop->items.at[loop->index + 1];
    return work_spend(work, 0);
}

static bool bind_method(struct work *work, const struct datum *self, const struct method *method,
                        struct datum *out)
{
    struct bound *bound = work_take(work, sizeof *bound);

    if (!bound) return false;
    *bound = (struct bound){*self, method};
    *out = (struct datum){.kind = DATUM_METHOD, .bound = bound};
    return true;
}

/* Python's own members of values that no template needs. */
static bool is_foreign(const struct datum *self, struct text name)
{
    static const char *const of_numbers[] = {
        "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator",
        "from_bytes",       "fromhex",   "hex",        "imag",      "is_integer",
        "numerator",        "real",      "to_bytes",   NULL};
    static const char *const of_walked[] = {
        "close",        "count", "gi_code",    "gi_frame", "gi_running", "gi_suspended",
        "gi_yieldfrom", "index", "isdisjoint", "mapping",  "send",       "start",
        "step",         "stop",  "throw",      NULL};
    bool walked =
        self->kind == DATUM_RANGE || self->kind == DATUM_VIEW || self->kind == DATUM_ITERATOR;

    for (const char *const *row = of_numbers; datum_is_number(self) && *row; row++)
        if (text_is(name, *row)) return true;
    for (const char *const *row = of_walked; walked && *row; row++)
        if (text_is(name, *row)) return true;
    return self->kind >= DATUM_MACRO;
}

bool member_get(struct work *work, const struct datum *self, struct text name, struct datum *out)
{
    const struct method *method;
    const struct entry *entry = NULL;

    if (!datum_demand(work, self)) return false;
    if (name.len > 1 && name.at[0] == '_' && name.at[1] == '_')
        return err_set(work->err, "the member '%.*s' is not supported", (int)name.len, name.at);
    if ((method = method_find(self->kind, name))) return bind_method(work, self, method, out);
    if (is_foreign(self, name))
        return err_set(work->err, "'%.*s' of %s is not supported", (int)name.len, name.at,
                       datum_name(self));
    if (self->kind == DATUM_LOOP) return loop_member(work, self->loop, name, out);
    if (self->kind == DATUM_DICT || self->kind == DATUM_NAMESPACE) {
        if (!work_spend(work, 4 * self->dict->count)) return false;
        entry = dict_get(self->dict, name);
    }
    *out = entry ? entry->value : datum_undefined(name);
    return true;
}

static bool seek_item(struct work *work, const struct datum *self, int64_t index, struct datum *out)
{
    size_t count;

    if (!datum_length(work, self, &count)) return false;
    if (index < 0) index += (int64_t)count;
    if (index < 0 || index >= (int64_t)count) {
        *out = datum_undefined(TEXT("an item beyond the end"));
    } else if (self->kind == DATUM_TEXT) {
        const char *at = text_seek(self->text, (size_t)index), *end = at;

        utf8_next(&end);
        *out = datum_text((struct text){at, (size_t)(end - at)});
        out->safe = self->safe;
    } else {
        *out = self->list->at[index];
    }
    return true;
}

static bool has_positions(const struct datum *datum)
{
    return datum->kind == DATUM_TEXT || datum->kind == DATUM_LIST || datum->kind == DATUM_TUPLE ||
           datum->kind == DATUM_RANGE;
}

bool item_get(struct work *work, const struct datum *self, const struct datum *key,
              struct datum *out)
{
    const struct entry *entry = NULL;

    if (!datum_demand(work, self)) return false;
    if (self->kind == DATUM_DICT && key->kind != DATUM_LIST && key->kind != DATUM_DICT &&
        key->kind != DATUM_VIEW) {
        if (!dict_find(work, self->dict, key, &entry)) return false;
        if (entry) return *out = entry->value, true;
    }
    if (key->kind == DATUM_TEXT) return member_get(work, self, key->text, out);
    if (has_positions(self) && (key->kind == DATUM_INT || key->kind == DATUM_BOOL))
        return seek_item(work, self, key->kind == DATUM_BOOL ? key->truth : key->whole, out);
    *out = datum_undefined(TEXT("an item"));
    return true;
}

/* One bound of a slice in 0..count, or -1..count-1 when it goes backwards. */
static int64_t clamp(int64_t bound, int64_t count, bool backwards)
{
    if (bound < 0) bound += count;
    if (bound < 0) return backwards ? -1 : 0;
    if (bound >= count) return backwards ? count - 1 : count;
    return bound;
}

static bool slice_text(struct work *work, struct text text, int64_t start, int64_t step,
                       size_t taken, struct datum *out)
{
    const char *at = text_seek(text, (size_t)(taken ? start : 0));
    size_t mark = work->out->len;

    if (step == 1) {
        struct text rest = {at, (size_t)(text.at + text.len - at)};

        *out = datum_text((struct text){at, (size_t)(text_seek(rest, taken) - at)});
        return true;
    }
    for (size_t i = 0; i < taken; i++) {
        const char *end = at;

        utf8_next(&end);
        if (!work_add(work, at, (size_t)(end - at))) return false;
        for (int64_t n = 0; i + 1 < taken && n < (step < 0 ? -step : step); n++) {
            if (step > 0)
                utf8_next(&at);
            else
                do at--;
                while (((unsigned char)*at & 0xc0) == 0x80);
        }
    }
    return datum_pop(work, mark, out);
}

static bool slice_list(struct work *work, const struct datum *self, int64_t start, int64_t step,
                       size_t taken, struct datum *out)
{
    struct datum *at;

    if (step == 1)
        return datum_list(work, self->kind, taken ? self->list->at + start : NULL, taken, out);
    if (!(at = work_take(work, taken * sizeof *at)) || !work_spend(work, taken)) return false;
    for (size_t i = 0; i < taken; i++) at[i] = self->list->at[start + (int64_t)i * step];
    return datum_list(work, self->kind, at, taken, out);
}

static bool bound_of(struct work *work, const struct datum *bound, int64_t missing, int64_t *whole)
{
    if (bound->kind == DATUM_ABSENT || bound->kind == DATUM_NONE)
        *whole = missing;
    else if (bound->kind == DATUM_INT)
        *whole = bound->whole;
    else if (bound->kind == DATUM_BOOL)
        *whole = bound->truth;
    else
        return datum_demand(work, bound) && err_set(work->err, "a slice by %s", datum_name(bound));
    return true;
}

bool slice_get(struct work *work, const struct datum *self, const struct datum bounds[3],
               struct datum *out)
{
    int64_t start, stop, step, count;
    size_t length, taken = 0;
    bool backwards;

    if (!datum_demand(work, self)) return false;
    if (!has_positions(self)) return err_set(work->err, "a slice of %s", datum_name(self));
    if (!datum_length(work, self, &length) || !bound_of(work, &bounds[2], 1, &step)) return false;
    if (step == 0) return err_set(work->err, "a slice by steps of 0");
    backwards = step < 0;
    count = (int64_t)length;
    if (step > count) step = count + 1; /* the same, and nothing overflows */
    if (step < -count) step = -count - 1;
    if (!bound_of(work, &bounds[0], backwards ? count - 1 : 0, &start) ||
        !bound_of(work, &bounds[1], backwards ? -count - 1 : count, &stop))
        return false;
    start = clamp(start, count, backwards);
    stop = clamp(stop, count, backwards);
    if (backwards ? start > stop : start < stop)
        taken = (size_t)((backwards ? start - stop - 1 : stop - start - 1) /
                         (backwards ? -step : step)) +
                1;
    if (self->kind != DATUM_TEXT) return slice_list(work, self, start, step, taken, out);
    if (!slice_text(work, self->text, start, step, taken, out)) return false;
    out->safe = self->safe;
    return work_spend(work, self->text.len);
}

bool contains(struct work *work, const struct datum *box, const struct datum *item, bool *holds)
{
    const struct entry *entry;
    struct list items;

    *holds = false;
    if (box->kind == DATUM_TEXT) {
        if (item->kind != DATUM_TEXT)
            return err_set(work->err, "'in' of %s and a string", datum_name(item));
        *holds = item->text.len == 0 ||
                 (box->text.len > 0 &&
                  memmem(box->text.at, box->text.len, item->text.at, item->text.len));
        return work_spend(work, box->text.len);
    }
    if (box->kind == DATUM_DICT) {
        if (!dict_find(work, box->dict, item, &entry)) return false;
        *holds = entry != NULL;
        return true;
    }
    if (!datum_items(work, box, &items)) return false;
    for (size_t i = 0; i < items.count && !*holds; i++)
        if (!datum_equal(work, &items.at[i], item, holds)) return false;
    return true;
}
