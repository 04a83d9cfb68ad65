/* Filters of lists. */
#include "jinja/codes.h"
#include "jinja/filters.h"
#include "jinja/operators.h"
#include "jinja/show.h"

#include <string.h>

/* A getter by the slots of a call: one may hold the attribute, one whether case matters. */
static struct getter getter_of(struct call *call, size_t attribute, size_t case_sensitive)
{
    const struct datum *slot = &call->slot[attribute];
    bool given = slot->kind != DATUM_ABSENT && slot->kind != DATUM_NONE;

    return (struct getter){call->work, given ? slot : NULL, NULL, !slot_true(call, case_sensitive)};
}

static bool run_list(struct call *call, struct datum *out)
{
    struct list items;

    return datum_items(call->work, &call->self, &items) &&
           datum_list(call->work, DATUM_LIST, items.at, items.count, out);
}

static bool run_first(struct call *call, struct datum *out)
{
    struct list items;

    *out = datum_undefined(TEXT("the first item"));
    if (call->self.kind == DATUM_ITERATOR) {
        struct list *list = call->self.list;

        if (list->used < list->count) *out = list->at[list->used++];
        return true;
    }
    if (!datum_items(call->work, &call->self, &items)) return false;
    if (items.count > 0) *out = items.at[0];
    return true;
}

static bool run_last(struct call *call, struct datum *out)
{
    struct list items;

    if (call->self.kind == DATUM_ITERATOR) return err_set(call->work->err, "'last' of an iterator");
    if (!datum_items(call->work, &call->self, &items)) return false;
    *out = items.count > 0 ? items.at[items.count - 1] : datum_undefined(TEXT("the last item"));
    if (call->self.kind == DATUM_TEXT) out->safe = call->self.safe;
    return true;
}

static bool run_join(struct call *call, struct datum *out)
{
    struct getter getter = getter_of(call, 1, 0);
    size_t mark = call->work->out->len;
    struct text between = {"", 0};
    struct list items;

    getter.fold = false;
    if (call->slot[0].kind != DATUM_ABSENT && !show_text(call->work, &call->slot[0], &between))
        return false;
    if (!datum_items(call->work, &call->self, &items)) return false;
    for (size_t i = 0; i < items.count; i++) {
        struct datum value;

        if ((i > 0 && !work_add(call->work, between.at, between.len)) ||
            !getter_get(&getter, &items.at[i], &value) || !show_value(call->work, &value))
            return false;
    }
    return datum_pop(call->work, mark, out);
}

/* An item with what it is sorted by. */
struct sorting {
    struct datum item, key;
};

static bool merge(struct work *work, const struct sorting *from, struct sorting *to, size_t middle,
                  size_t count, bool reverse)
{
    size_t a = 0, b = middle;

    for (size_t i = 0; i < count; i++) {
        int order = a == middle ? 1 : b == count ? -1 : 0;

        if (order == 0) {
            if (!datum_order(work, &from[a].key, &from[b].key, &order)) return false;
            order = reverse ? -order : order;
        }
        to[i] = order <= 0 ? from[a++] : from[b++];
    }
    return true;
}

/* Stable, in either direction. */
static bool sort_items(struct getter *getter, const struct list *items, bool reverse,
                       struct items *sorted)
{
    struct work *work = getter->work;
    size_t count = items->count;
    struct sorting *rows = work_take(work, 2 * count * sizeof *rows), *from = rows, *to;

    if (!rows) return false;
    to = rows + count;
    for (size_t i = 0; i < count; i++) {
        rows[i].item = items->at[i];
        if (!getter_get(getter, &items->at[i], &rows[i].key)) return false;
    }
    for (size_t width = 1; width < count; width *= 2) {
        struct sorting *swap = from;

        for (size_t i = 0; i < count; i += 2 * width) {
            size_t len = count - i < 2 * width ? count - i : 2 * width;

            if (!merge(work, from + i, to + i, len < width ? len : width, len, reverse))
                return false;
        }
        from = to;
        to = swap;
    }
    sorted->work = work;
    for (size_t i = 0; i < count; i++)
        if (!items_add(sorted, from[i].item)) return false;
    return true;
}

static bool run_sort(struct call *call, struct datum *out)
{
    struct getter getter = getter_of(call, 2, 1);
    struct items sorted = {0};
    struct list items;

    if (getter.attribute && getter.attribute->kind == DATUM_TEXT &&
        memchr(getter.attribute->text.at, ',', getter.attribute->text.len))
        return err_set(call->work->err, "'sort' by several attributes is not supported");
    return datum_items(call->work, &call->self, &items) &&
           sort_items(&getter, &items, slot_true(call, 0), &sorted) &&
           items_end(&sorted, DATUM_LIST, out);
}

/* The entries of a dict as tuples, in a list. */
static bool pairs_of(struct work *work, const struct dict *dict, struct items *pairs)
{
    pairs->work = work;
    for (size_t i = 0; i < dict->count; i++) {
        struct datum *two = work_take(work, 2 * sizeof *two), pair;

        if (!two) return false;
        two[0] = dict->at[i].key;
        two[1] = dict->at[i].value;
        if (!datum_list(work, DATUM_TUPLE, two, 2, &pair) || !items_add(pairs, pair)) return false;
    }
    return true;
}

static bool run_items(struct call *call, struct datum *out)
{
    struct items pairs = {.work = call->work};

    if (call->self.kind == DATUM_UNDEFINED) return items_end(&pairs, DATUM_ITERATOR, out);
    if (call->self.kind != DATUM_DICT)
        return err_set(call->work->err, "'items' of %s", datum_name(&call->self));
    return pairs_of(call->work, call->self.dict, &pairs) && items_end(&pairs, DATUM_ITERATOR, out);
}

static bool run_dictsort(struct call *call, struct datum *out)
{
    struct datum column = datum_int(0);
    struct getter getter = {call->work, &column, NULL, !slot_true(call, 0)};
    struct items pairs = {0}, sorted = {0};
    struct list list;
    struct text by;

    if (!slot_text(call, 1, TEXT("key"), &by)) return false;
    if (!text_is(by, "key") && !text_is(by, "value"))
        return err_set(call->work->err, "'dictsort' is by 'key' or by 'value'");
    column.whole = text_is(by, "value");
    if (call->self.kind != DATUM_DICT)
        return datum_demand(call->work, &call->self) &&
               err_set(call->work->err, "'dictsort' of %s", datum_name(&call->self));
    if (!pairs_of(call->work, call->self.dict, &pairs)) return false;
    list = (struct list){pairs.at, pairs.count, 0};
    return sort_items(&getter, &list, slot_true(call, 2), &sorted) &&
           items_end(&sorted, DATUM_LIST, out);
}

static bool run_reverse(struct call *call, struct datum *out)
{
    bool text = call->self.kind == DATUM_TEXT;
    struct items items = {.work = call->work};
    size_t mark = call->work->out->len;
    struct list list;

    if (!datum_items(call->work, &call->self, &list)) return false;
    for (size_t i = list.count; i-- > 0;)
        if (text ? !show_value(call->work, &list.at[i]) : !items_add(&items, list.at[i]))
            return false;
    if (text) return datum_pop(call->work, mark, out) && (out->safe = call->self.safe, true);
    return items_end(&items, call->self.kind == DATUM_ITERATOR ? DATUM_LIST : DATUM_ITERATOR, out);
}

static bool run_unique(struct call *call, struct datum *out)
{
    struct getter getter = getter_of(call, 1, 0);
    struct items items = {.work = call->work};
    struct datum seen, key;
    struct list list;

    if (!datum_items(call->work, &call->self, &list) ||
        !datum_dict(call->work, DATUM_DICT, 0, &seen))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        const struct entry *found;

        if (!getter_get(&getter, &list.at[i], &key) ||
            !dict_find(call->work, seen.dict, &key, &found))
            return false;
        if (!found &&
            (!dict_set(call->work, seen.dict, &key, &key) || !items_add(&items, list.at[i])))
            return false;
    }
    return items_end(&items, DATUM_ITERATOR, out);
}

static bool run_extreme(struct call *call, int sign, struct datum *out)
{
    struct getter getter = getter_of(call, 1, 0);
    struct datum best, key;
    struct list list;
    int order;

    if (!datum_items(call->work, &call->self, &list)) return false;
    *out = datum_undefined(TEXT("an item of an empty list"));
    for (size_t i = 0; i < list.count; i++) {
        if (!getter_get(&getter, &list.at[i], &key)) return false;
        if (i > 0 && !datum_order(call->work, &key, &best, &order)) return false;
        if (i > 0 && order * sign <= 0) continue;
        *out = list.at[i];
        best = key;
    }
    return true;
}

static bool run_min(struct call *call, struct datum *out)
{
    return run_extreme(call, -1, out);
}

static bool run_max(struct call *call, struct datum *out)
{
    return run_extreme(call, 1, out);
}

static bool run_sum(struct call *call, struct datum *out)
{
    struct getter getter = getter_of(call, 0, 1);
    struct datum value, sum = call->slot[1].kind == DATUM_ABSENT ? datum_int(0) : call->slot[1];
    struct list list;

    getter.fold = false;
    if (sum.kind == DATUM_TEXT) return err_set(call->work->err, "'sum' of strings");
    if (!datum_items(call->work, &call->self, &list)) return false;
    for (size_t i = 0; i < list.count; i++) {
        if (!getter_get(&getter, &list.at[i], &value) ||
            !operate(call->work, '+', &sum, &value, out))
            return false;
        sum = *out;
    }
    *out = sum;
    return true;
}

const struct filter list_filters[] = {
    {"dictsort", "case_sensitive by reverse", run_dictsort},
    {"first", "", run_first},
    {"items", "", run_items},
    {"join", "d attribute", run_join},
    {"last", "", run_last},
    {"list", "", run_list},
    {"map", "*", run_map},
    {"max", "case_sensitive attribute", run_max},
    {"min", "case_sensitive attribute", run_min},
    {"reject", "*", run_reject},
    {"rejectattr", "*", run_rejectattr},
    {"reverse", "", run_reverse},
    {"select", "*", run_select},
    {"selectattr", "*", run_selectattr},
    {"sort", "reverse case_sensitive attribute", run_sort},
    {"sum", "attribute start", run_sum},
    {"unique", "case_sensitive attribute", run_unique},
    {NULL, NULL, NULL},
};
