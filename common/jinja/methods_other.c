/* The methods of dicts, lists, tuples and of 'loop'. Those that would change a value are known and
 * refused. */
#include "jinja/library.h"
#include "jinja/operators.h"
#include "jinja/texts.h"

#include <string.h>

static bool run_get(struct call *call, struct datum *out)
{
    const struct entry *entry;

    if (call->slot[0].kind == DATUM_ABSENT) return err_set(call->work->err, "'get' wants a key");
    if (!dict_find(call->work, call->self.dict, &call->slot[0], &entry)) return false;
    *out = entry                                ? entry->value
           : call->slot[1].kind != DATUM_ABSENT ? call->slot[1]
                                                : (struct datum){.kind = DATUM_NONE};
    return true;
}

/* items, keys and values */
static bool run_view(struct call *call, struct datum *out)
{
    const struct dict *dict = call->self.dict;
    struct items items = {.work = call->work};

    for (size_t i = 0; i < dict->count; i++) {
        struct datum *two, item = call->name[0] == 'k' ? dict->at[i].key : dict->at[i].value;

        if (call->name[0] == 'i') {
            if (!(two = work_take(call->work, 2 * sizeof *two))) return false;
            two[0] = dict->at[i].key;
            two[1] = dict->at[i].value;
            if (!datum_list(call->work, DATUM_TUPLE, two, 2, &item)) return false;
        }
        if (!items_add(&items, item)) return false;
    }
    return items_end(&items, DATUM_VIEW, out);
}

/* index and count of a list or tuple. */
static bool run_search(struct call *call, struct datum *out)
{
    const struct list *list = call->self.list;
    bool index = call->name[0] == 'i', equal;
    int64_t count = 0;

    if (call->slot[0].kind == DATUM_ABSENT)
        return err_set(call->work->err, "'%s' wants a value", call->name);
    for (size_t i = 0; i < list->count; i++) {
        if (!datum_equal(call->work, &list->at[i], &call->slot[0], &equal)) return false;
        if (equal && index) return *out = datum_int((int64_t)i), true;
        count += equal;
    }
    *out = datum_int(count);
    return !index || err_set(call->work->err, "'index' finds nothing");
}

static bool run_copy(struct call *call, struct datum *out)
{
    *out = call->self; /* nothing can change it */
    return true;
}

/* loop.changed: is this something else than what the last call was given? */
static bool run_changed(struct call *call, struct datum *out)
{
    struct datum now, *copy = work_take(call->work, call->count * sizeof *copy);
    bool equal = false;

    if (!copy) return false;
    if (call->count > 0) memcpy(copy, call->given, call->count * sizeof *copy);
    if (!datum_list(call->work, DATUM_TUPLE, copy, call->count, &now) ||
        (call->self.loop->seen.kind == DATUM_TUPLE &&
         !datum_equal(call->work, &now, &call->self.loop->seen, &equal)))
        return false;
    call->self.loop->seen = now;
    *out = datum_bool(!equal);
    return true;
}

static bool run_cycle(struct call *call, struct datum *out)
{
    if (call->count == 0) return err_set(call->work->err, "'cycle' wants items");
    *out = call->given[call->self.loop->index % call->count];
    return true;
}

static const struct method methods[] = {
    {DATUM_DICT, "get", "key default", run_get},
    {DATUM_DICT, "items", "", run_view},
    {DATUM_DICT, "keys", "", run_view},
    {DATUM_DICT, "values", "", run_view},
    {DATUM_DICT, "clear", "", NULL},
    {DATUM_DICT, "copy", "", run_copy},
    {DATUM_DICT, "pop", "", NULL},
    {DATUM_DICT, "popitem", "", NULL},
    {DATUM_DICT, "setdefault", "", NULL},
    {DATUM_DICT, "update", "", NULL},
    {DATUM_LIST, "index", "value", run_search},
    {DATUM_LIST, "count", "value", run_search},
    {DATUM_LIST, "append", "", NULL},
    {DATUM_LIST, "clear", "", NULL},
    {DATUM_LIST, "copy", "", run_copy},
    {DATUM_LIST, "extend", "", NULL},
    {DATUM_LIST, "insert", "", NULL},
    {DATUM_LIST, "pop", "", NULL},
    {DATUM_LIST, "remove", "", NULL},
    {DATUM_LIST, "reverse", "", NULL},
    {DATUM_LIST, "sort", "", NULL},
    {DATUM_TUPLE, "index", "value", run_search},
    {DATUM_TUPLE, "count", "value", run_search},
    {DATUM_LOOP, "changed", "*", run_changed},
    {DATUM_LOOP, "cycle", "*", run_cycle},
};

const struct method *method_find_other(enum datum_kind kind, struct text name)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (methods[i].kind == kind && text_is(name, methods[i].name)) return &methods[i];
    return NULL;
}
