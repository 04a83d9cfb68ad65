/* The tests: what 'is' asks. */
#include "jinja/codes.h"
#include "jinja/library.h"
#include "jinja/operators.h"
#include "jinja/show.h"
#include "records/value.h"

#include <string.h>

static bool is_kind(const struct call *call, enum datum_kind kind, bool *holds)
{
    *holds = call->self.kind == kind;
    return true;
}

static bool is_defined(struct call *call, bool *holds)
{
    *holds = call->self.kind != DATUM_UNDEFINED;
    return true;
}

static bool is_undefined(struct call *call, bool *holds)
{
    return is_kind(call, DATUM_UNDEFINED, holds);
}

static bool is_none(struct call *call, bool *holds)
{
    return is_kind(call, DATUM_NONE, holds);
}

static bool is_boolean(struct call *call, bool *holds)
{
    return is_kind(call, DATUM_BOOL, holds);
}

static bool is_true(struct call *call, bool *holds)
{
    *holds = call->self.kind == DATUM_BOOL && call->self.truth;
    return true;
}

static bool is_false(struct call *call, bool *holds)
{
    *holds = call->self.kind == DATUM_BOOL && !call->self.truth;
    return true;
}

static bool is_integer(struct call *call, bool *holds)
{
    return is_kind(call, DATUM_INT, holds);
}

static bool is_float(struct call *call, bool *holds)
{
    return is_kind(call, DATUM_FLOAT, holds);
}

static bool is_number(struct call *call, bool *holds)
{
    *holds = datum_is_number(&call->self);
    return true;
}

static bool is_string(struct call *call, bool *holds)
{
    return is_kind(call, DATUM_TEXT, holds);
}

static bool is_mapping(struct call *call, bool *holds)
{
    return is_kind(call, DATUM_DICT, holds);
}

static bool is_iterable(struct call *call, bool *holds)
{
    enum datum_kind kind = call->self.kind;

    *holds =
        kind == DATUM_UNDEFINED || (kind >= DATUM_TEXT && kind <= DATUM_DICT) || kind == DATUM_LOOP;
    return true;
}

static bool is_sequence(struct call *call, bool *holds)
{
    enum datum_kind kind = call->self.kind;

    *holds = kind == DATUM_UNDEFINED || (kind >= DATUM_TEXT && kind <= DATUM_RANGE) ||
             kind == DATUM_DICT;
    return true;
}

static bool is_callable(struct call *call, bool *holds)
{
    *holds = call->self.kind >= DATUM_LOOP || call->self.kind == DATUM_UNDEFINED;
    return true;
}

static bool is_escaped(struct call *call, bool *holds)
{
    *holds = call->self.kind == DATUM_TEXT && call->self.safe;
    return true;
}

/* The rest of a division; fails for what is no integer. */
static bool rest_of(struct call *call, int64_t by, int64_t *rest)
{
    const struct datum *self = &call->self;

    if (!datum_demand(call->work, self)) return false;
    if (self->kind != DATUM_INT && self->kind != DATUM_BOOL)
        return err_set(call->work->err, "the test '%s' of %s", call->name, datum_name(self));
    if (by == 0) return err_set(call->work->err, "a division by zero");
    *rest = by == -1 ? 0 : (self->kind == DATUM_BOOL ? self->truth : self->whole) % by;
    return true;
}

static bool is_even(struct call *call, bool *holds)
{
    int64_t rest = 0;

    if (!rest_of(call, 2, &rest)) return false;
    *holds = rest == 0;
    return true;
}

static bool is_odd(struct call *call, bool *holds)
{
    int64_t rest = 0;

    if (!rest_of(call, 2, &rest)) return false;
    *holds = rest != 0;
    return true;
}

static bool is_divisible(struct call *call, bool *holds)
{
    int64_t rest = 0;

    if (call->given[0].kind != DATUM_INT)
        return err_set(call->work->err, "the test '%s' by %s", call->name,
                       datum_name(&call->given[0]));
    if (!rest_of(call, call->given[0].whole, &rest)) return false;
    *holds = rest == 0;
    return true;
}

static bool is_in(struct call *call, bool *holds)
{
    return contains(call->work, &call->given[0], &call->self, holds);
}

/* One thing in memory: for what is there once, that is what equality says. */
static bool is_same(struct call *call, bool *holds)
{
    const struct datum *a = &call->self, *b = &call->given[0];

    if (a->kind != b->kind || a->kind == DATUM_NONE || a->kind == DATUM_BOOL) {
        *holds = a->kind == b->kind && (a->kind == DATUM_NONE || a->truth == b->truth);
        return true;
    }
    return err_set(call->work->err, "'sameas' of %s is not supported", datum_name(a));
}

static bool is_equal(struct call *call, bool *holds)
{
    return datum_equal(call->work, &call->self, &call->given[0], holds);
}

static bool is_other(struct call *call, bool *holds)
{
    if (!is_equal(call, holds)) return false;
    *holds = !*holds;
    return true;
}

static bool order_of(struct call *call, int *order)
{
    return datum_order(call->work, &call->self, &call->given[0], order);
}

static bool is_below(struct call *call, bool *holds)
{
    int order = 0;

    return order_of(call, &order) && (*holds = order < 0, true);
}

static bool is_at_most(struct call *call, bool *holds)
{
    int order = 0;

    return order_of(call, &order) && (*holds = order <= 0, true);
}

static bool is_above(struct call *call, bool *holds)
{
    int order = 0;

    return order_of(call, &order) && (*holds = order > 0, true);
}

static bool is_at_least(struct call *call, bool *holds)
{
    int order = 0;

    return order_of(call, &order) && (*holds = order >= 0, true);
}

/* Are all letters of this case, and is there one? */
static bool is_cased(struct call *call, bool *holds, enum letter_case letter_case)
{
    struct text text, same, other;
    size_t mark = call->work->out->len;

    if (!show_text(call->work, &call->self, &text) ||
        !work_add_case(call->work, text, letter_case) || !work_pop(call->work, mark, &same) ||
        !work_add_case(call->work, text, letter_case == CASE_LOWER ? CASE_UPPER : CASE_LOWER) ||
        !work_pop(call->work, mark, &other))
        return false;
    *holds = text.len == same.len && memcmp(text.at, same.at, text.len) == 0 &&
             (same.len != other.len || memcmp(same.at, other.at, same.len) != 0);
    return true;
}

static bool is_lower(struct call *call, bool *holds)
{
    return is_cased(call, holds, CASE_LOWER);
}

static bool is_upper(struct call *call, bool *holds)
{
    return is_cased(call, holds, CASE_UPPER);
}

static bool is_filter(struct call *call, bool *holds)
{
    if (call->self.kind != DATUM_TEXT || (!filter_find(call->self.text)))
        return err_set(call->work->err, "whether that is a filter is not known");
    *holds = true;
    return true;
}

static const struct tester testers[] = {
    {"!=", 1, is_other},
    {"<", 1, is_below},
    {"<=", 1, is_at_most},
    {"==", 1, is_equal},
    {">", 1, is_above},
    {">=", 1, is_at_least},
    {"boolean", 0, is_boolean},
    {"callable", 0, is_callable},
    {"defined", 0, is_defined},
    {"divisibleby", 1, is_divisible},
    {"eq", 1, is_equal},
    {"equalto", 1, is_equal},
    {"escaped", 0, is_escaped},
    {"even", 0, is_even},
    {"false", 0, is_false},
    {"filter", 0, is_filter},
    {"float", 0, is_float},
    {"ge", 1, is_at_least},
    {"greaterthan", 1, is_above},
    {"gt", 1, is_above},
    {"in", 1, is_in},
    {"integer", 0, is_integer},
    {"iterable", 0, is_iterable},
    {"le", 1, is_at_most},
    {"lessthan", 1, is_below},
    {"lower", 0, is_lower},
    {"lt", 1, is_below},
    {"mapping", 0, is_mapping},
    {"ne", 1, is_other},
    {"none", 0, is_none},
    {"number", 0, is_number},
    {"odd", 0, is_odd},
    {"sameas", 1, is_same},
    {"sequence", 0, is_sequence},
    {"string", 0, is_string},
    {"true", 0, is_true},
    {"undefined", 0, is_undefined},
    {"upper", 0, is_upper},
};

const struct tester *tester_find(struct text name)
{
    for (size_t i = 0; i < sizeof testers / sizeof testers[0]; i++)
        if (text_is(name, testers[i].name)) return &testers[i];
    return NULL;
}
