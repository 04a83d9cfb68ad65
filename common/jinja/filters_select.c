/* Filters that ask or change each item: map, select and their kin; and how items are looked at. */
#include "jinja/codes.h"
#include "jinja/filters.h"
#include "jinja/operators.h"

#include <string.h>

static bool get_part(struct getter *getter, struct text part, struct datum *value)
{
    struct datum key = datum_text(part), self = *value;
    int64_t index = 0;

    if (part.len > 0 && part.len < 10 && strspn(part.at, "0123456789") >= part.len) {
        for (size_t i = 0; i < part.len; i++) index = 10 * index + (part.at[i] - '0');
        key = datum_int(index);
    }
    return item_get(getter->work, &self, &key, value);
}

static bool get_attribute(struct getter *getter, struct datum *value)
{
    struct datum self = *value;
    struct text rest;

    if (getter->attribute->kind != DATUM_TEXT)
        return item_get(getter->work, &self, getter->attribute, value);
    rest = getter->attribute->text;
    for (;;) {
        const char *dot = rest.len ? memchr(rest.at, '.', rest.len) : NULL;
        size_t len = dot ? (size_t)(dot - rest.at) : rest.len;

        if (!get_part(getter, (struct text){rest.at, len}, value)) return false;
        if (getter->missing && value->kind == DATUM_UNDEFINED) *value = *getter->missing;
        if (!dot) return true;
        rest.at += len + 1;
        rest.len -= len + 1;
    }
}

bool getter_get(struct getter *getter, const struct datum *item, struct datum *value)
{
    size_t mark = getter->work->out->len;

    *value = *item;
    if (!work_spend(getter->work, 0)) return false;
    if (getter->attribute && !get_attribute(getter, value)) return false;
    if (!getter->fold || value->kind != DATUM_TEXT) return true;
    return work_add_case(getter->work, value->text, CASE_LOWER) &&
           datum_pop(getter->work, mark, value);
}

/* map(attribute='x', default=...) */
static bool map_attribute(struct call *call, const struct list *list, struct items *items)
{
    struct getter getter = {.work = call->work};

    for (size_t i = 0; i < call->count; i++) {
        if (text_is(call->names[i], "attribute"))
            getter.attribute = &call->given[i];
        else if (text_is(call->names[i], "default"))
            getter.missing = &call->given[i];
        else
            return err_set(call->work->err, "'map' takes 'attribute' and 'default'");
    }
    if (!getter.attribute) return err_set(call->work->err, "'map' wants a filter");
    for (size_t i = 0; i < list->count; i++) {
        struct datum value;

        if (!getter_get(&getter, &list->at[i], &value) || !items_add(items, value)) return false;
    }
    return true;
}

/* map('filter', arguments) */
static bool map_filter(struct call *call, const struct list *list, struct items *items)
{
    const struct datum *name = &call->given[0];
    const struct filter *filter = name->kind == DATUM_TEXT ? filter_find(name->text) : NULL;

    if (!filter) return err_set(call->work->err, "'map' by a filter that is not supported");
    for (size_t i = 0; i < list->count; i++) {
        struct call inner = {.work = call->work,
                             .self = list->at[i],
                             .given = call->given + 1,
                             .names = call->names + 1,
                             .count = call->count - 1};
        struct datum value;

        if (!filter_call(filter, &inner, &value) || !items_add(items, value)) return false;
    }
    return true;
}

bool run_map(struct call *call, struct datum *out)
{
    bool filter = call->count > 0 && call->names[0].len == 0;
    struct items items = {.work = call->work};
    struct list list;

    if (!datum_true(&call->self)) return items_end(&items, DATUM_ITERATOR, out);
    return datum_items(call->work, &call->self, &list) &&
           (filter ? map_filter(call, &list, &items) : map_attribute(call, &list, &items)) &&
           items_end(&items, DATUM_ITERATOR, out);
}

/* Does the item, or its attribute, pass the test that is named at given[skip]? */
static bool ask(struct call *call, size_t skip, const struct tester *tester,
                const struct datum *item, bool *holds)
{
    struct getter getter = {.work = call->work, .attribute = skip ? &call->given[0] : NULL};
    struct call inner = {.work = call->work, .names = call->names + skip + 1};

    if (!getter_get(&getter, item, &inner.self)) return false;
    if (!tester) return *holds = datum_true(&inner.self), true;
    inner.given = call->given + skip + 1;
    inner.count = call->count - skip - 1;
    return tester_call(tester, &inner, holds);
}

static bool choose(struct call *call, size_t skip, bool wanted, struct datum *out)
{
    struct items items = {.work = call->work};
    const struct tester *tester = NULL;
    struct list list;

    if (!datum_true(&call->self)) return items_end(&items, DATUM_ITERATOR, out);
    if (call->count > 0 && call->names[call->count - 1].len > 0)
        return err_set(call->work->err, "'%s' takes no named arguments", call->name);
    if (call->count < skip) return err_set(call->work->err, "'%s' wants an attribute", call->name);
    if (call->count > skip) {
        const struct datum *name = &call->given[skip];

        tester = name->kind == DATUM_TEXT ? tester_find(name->text) : NULL;
        if (!tester)
            return err_set(call->work->err, "'%s' by a test that is not supported", call->name);
    }
    if (!datum_items(call->work, &call->self, &list)) return false;
    for (size_t i = 0; i < list.count; i++) {
        bool holds;

        if (!ask(call, skip, tester, &list.at[i], &holds) ||
            (holds == wanted && !items_add(&items, list.at[i])))
            return false;
    }
    return items_end(&items, DATUM_ITERATOR, out);
}

bool run_select(struct call *call, struct datum *out)
{
    return choose(call, 0, true, out);
}

bool run_reject(struct call *call, struct datum *out)
{
    return choose(call, 0, false, out);
}

bool run_selectattr(struct call *call, struct datum *out)
{
    return choose(call, 1, true, out);
}

bool run_rejectattr(struct call *call, struct datum *out)
{
    return choose(call, 1, false, out);
}
