/* How values compare. */
#include "jinja/datum.h"

#include <math.h>
#include <string.h>

static int64_t whole_of(const struct datum *datum)
{
    return datum->kind == DATUM_BOOL ? datum->truth : datum->whole;
}

/* Exact, also where a double could not hold the integer. */
static int order_mixed(int64_t whole, double real)
{
    double floor_of = floor(real);

    if (real >= 0x1p63) return -1;
    if (real < -0x1p63) return 1;
    if (whole != (int64_t)floor_of) return whole < (int64_t)floor_of ? -1 : 1;
    return floor_of < real ? -1 : 0;
}

/* Neither is a NaN. */
static int order_numbers(const struct datum *a, const struct datum *b)
{
    bool real_a = a->kind == DATUM_FLOAT, real_b = b->kind == DATUM_FLOAT;

    if (real_a && real_b) return (a->real > b->real) - (a->real < b->real);
    if (real_a) return -order_mixed(whole_of(b), a->real);
    if (real_b) return order_mixed(whole_of(a), b->real);
    return (whole_of(a) > whole_of(b)) - (whole_of(a) < whole_of(b));
}

static bool has_nan(const struct datum *a, const struct datum *b)
{
    return (a->kind == DATUM_FLOAT && isnan(a->real)) || (b->kind == DATUM_FLOAT && isnan(b->real));
}

static int order_texts(struct text a, struct text b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.at, b.at, len) : 0;

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static bool equal_at(struct work *work, const struct datum *a, const struct datum *b,
                     unsigned depth, bool *equal);

static bool equal_lists(struct work *work, const struct list *a, const struct list *b,
                        unsigned depth, bool *equal)
{
    *equal = a->count == b->count;
    if (a == b) return true;
    for (size_t i = 0; *equal && i < a->count; i++)
        if (!equal_at(work, &a->at[i], &b->at[i], depth + 1, equal)) return false;
    return true;
}

static bool equal_dicts(struct work *work, const struct dict *a, const struct dict *b,
                        unsigned depth, bool *equal)
{
    *equal = a->count == b->count;
    if (a == b) return true;
    for (size_t i = 0; *equal && i < a->count; i++) {
        const struct entry *other;

        if (!dict_find(work, b, &a->at[i].key, &other)) return false;
        if (!other)
            *equal = false;
        else if (!equal_at(work, &a->at[i].value, &other->value, depth + 1, equal))
            return false;
    }
    return true;
}

static bool equal_at(struct work *work, const struct datum *a, const struct datum *b,
                     unsigned depth, bool *equal)
{
    if (!work_spend(work, 0)) return false;
    if (depth > WORK_DEPTH)
        return err_set(work->err, "lists more than %d deep cannot be compared", WORK_DEPTH);
    if (datum_is_number(a) && datum_is_number(b)) {
        *equal = !has_nan(a, b) && order_numbers(a, b) == 0;
        return true;
    }
    *equal = a->kind == b->kind;
    if (!*equal) return true;
    switch (a->kind) {
    case DATUM_TEXT:
        *equal = order_texts(a->text, b->text) == 0;
        return work_spend(work, a->text.len);
    case DATUM_LIST:
    case DATUM_TUPLE:
    case DATUM_RANGE: return equal_lists(work, a->list, b->list, depth, equal);
    case DATUM_DICT: return equal_dicts(work, a->dict, b->dict, depth, equal);
    case DATUM_UNDEFINED:
    case DATUM_NONE: return true;
    case DATUM_NAMESPACE: *equal = a->dict == b->dict; return true;
    case DATUM_LOOP: *equal = a->loop == b->loop; return true;
    case DATUM_MACRO: *equal = a->macro == b->macro; return true;
    case DATUM_GLOBAL: *equal = a->global == b->global; return true;
    default: return err_set(work->err, "%s cannot be compared", datum_name(a));
    }
}

bool datum_equal(struct work *work, const struct datum *a, const struct datum *b, bool *equal)
{
    return equal_at(work, a, b, 0, equal);
}

static bool order_at(struct work *work, const struct datum *a, const struct datum *b,
                     unsigned depth, int *order);

static bool order_lists(struct work *work, const struct list *a, const struct list *b,
                        unsigned depth, int *order)
{
    size_t count = a->count < b->count ? a->count : b->count;

    for (size_t i = 0; i < count; i++) {
        bool equal;

        if (!equal_at(work, &a->at[i], &b->at[i], depth + 1, &equal)) return false;
        if (!equal) return order_at(work, &a->at[i], &b->at[i], depth + 1, order);
    }
    *order = (a->count > b->count) - (a->count < b->count);
    return true;
}

static bool order_at(struct work *work, const struct datum *a, const struct datum *b,
                     unsigned depth, int *order)
{
    if (!work_spend(work, 0)) return false;
    if (depth > WORK_DEPTH)
        return err_set(work->err, "lists more than %d deep cannot be compared", WORK_DEPTH);
    if (datum_is_number(a) && datum_is_number(b)) {
        if (has_nan(a, b)) return err_set(work->err, "what is not a number has no order");
        *order = order_numbers(a, b);
        return true;
    }
    if (a->kind == DATUM_TEXT && b->kind == DATUM_TEXT) {
        *order = order_texts(a->text, b->text);
        return work_spend(work, a->text.len);
    }
    if (a->kind == b->kind && (a->kind == DATUM_LIST || a->kind == DATUM_TUPLE))
        return order_lists(work, a->list, b->list, depth, order);
    if (a->kind == DATUM_UNDEFINED || b->kind == DATUM_UNDEFINED) {
        struct text what = a->kind == DATUM_UNDEFINED ? a->text : b->text;

        return err_set(work->err, "'%.*s' is undefined", (int)what.len, what.at);
    }
    return err_set(work->err, "%s and %s have no order", datum_name(a), datum_name(b));
}

bool datum_order(struct work *work, const struct datum *a, const struct datum *b, int *order)
{
    return order_at(work, a, b, 0, order);
}
