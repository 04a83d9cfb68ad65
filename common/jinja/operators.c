#include "jinja/operators.h"

#include "jinja/lex.h"
#include "jinja/show.h"
#include "jinja/texts.h"

#include <math.h>
#include <string.h>

#define EXACT ((int64_t)1 << 53) /* a double holds every integer up to here */

bool datum_demand(struct work *work, const struct datum *datum)
{
    if (datum->kind != DATUM_UNDEFINED) return true;
    return err_set(work->err, "'%.*s' is undefined", (int)datum->text.len, datum->text.at);
}

static bool overflow(struct work *work)
{
    return err_set(work->err, "a whole number beyond 64 bits is not supported");
}

static bool mismatch(struct work *work, unsigned sign, const struct datum *a, const struct datum *b)
{
    char text[3] = {(char)(sign & 0xff), (char)(sign >> 8), '\0'};

    return datum_demand(work, a) && datum_demand(work, b) &&
           err_set(work->err, "'%s' of %s and %s", text, datum_name(a), datum_name(b));
}

static int64_t whole_of(const struct datum *datum)
{
    return datum->kind == DATUM_BOOL ? datum->truth : datum->whole;
}

static bool real_of(struct work *work, const struct datum *datum, double *real)
{
    int64_t whole = datum->kind == DATUM_FLOAT ? 0 : whole_of(datum);

    if (whole > EXACT || whole < -EXACT)
        return err_set(work->err, "%lld as a float is not supported", (long long)whole);
    *real = datum->kind == DATUM_FLOAT ? datum->real : (double)whole;
    return true;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static bool whole_power(struct work *work, int64_t base, int64_t power, int64_t *result)
{
    *result = 1;
    if (base == 0 || base == 1) return *result = power == 0 || base == 1, true;
    if (base == -1) return *result = power % 2 ? -1 : 1, true;
    for (; power > 0; power--)
        if (__builtin_mul_overflow(*result, base, result)) return overflow(work);
    return true;
}

static bool operate_whole(struct work *work, unsigned sign, int64_t a, int64_t b, struct datum *out)
{
    int64_t result = 0;
    bool over = false;

    if (b == 0 && (sign == SIGN('/', '/') || sign == SIGN('%', 0)))
        return err_set(work->err, "a division by zero");
    switch (sign) {
    case SIGN('+', 0): over = __builtin_add_overflow(a, b, &result); break;
    case SIGN('-', 0): over = __builtin_sub_overflow(a, b, &result); break;
    case SIGN('*', 0): over = __builtin_mul_overflow(a, b, &result); break;
    case SIGN('/', '/'):
        over = a == INT64_MIN && b == -1;
        if (!over) result = floor_divide(a, b);
        break;
    case SIGN('%', 0): result = b == -1 ? 0 : a - b * floor_divide(a, b); break;
    default:
        if (!whole_power(work, a, b, &result)) return false;
        break;
    }
    if (over) return overflow(work);
    *out = datum_int(result);
    return true;
}

/* Python's: the result has the sign of b. */
static double real_modulo(double a, double b)
{
    double rest = fmod(a, b);

    if (rest == 0) return copysign(0, b);
    return (rest < 0) != (b < 0) ? rest + b : rest;
}

static double real_floor_divide(double a, double b)
{
    double rest = fmod(a, b), quotient = (a - rest) / b, whole;

    if (rest != 0 && (b < 0) != (rest < 0)) quotient -= 1;
    if (quotient == 0) return copysign(0, a / b);
    whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
}

static bool operate_real(struct work *work, unsigned sign, double a, double b, struct datum *out)
{
    double result;

    if (b == 0 && (sign == SIGN('/', 0) || sign == SIGN('/', '/') || sign == SIGN('%', 0)))
        return err_set(work->err, "a division by zero");
    switch (sign) {
    case SIGN('+', 0): result = a + b; break;
    case SIGN('-', 0): result = a - b; break;
    case SIGN('*', 0): result = a * b; break;
    case SIGN('/', 0): result = a / b; break;
    case SIGN('/', '/'): result = real_floor_divide(a, b); break;
    case SIGN('%', 0): result = real_modulo(a, b); break;
    default:
        result = pow(a, b);
        if (!isfinite(result) && isfinite(a) && isfinite(b))
            return err_set(work->err, "a power that is no real number or too large for a float");
        break;
    }
    *out = datum_float(result);
    return true;
}

static bool operate_numbers(struct work *work, unsigned sign, const struct datum *a,
                            const struct datum *b, struct datum *out)
{
    bool real = a->kind == DATUM_FLOAT || b->kind == DATUM_FLOAT || sign == SIGN('/', 0) ||
                (sign == SIGN('*', '*') && whole_of(b) < 0);
    double real_a, real_b;

    if (!real) return operate_whole(work, sign, whole_of(a), whole_of(b), out);
    return real_of(work, a, &real_a) && real_of(work, b, &real_b) &&
           operate_real(work, sign, real_a, real_b, out);
}

/* A string marked safe escapes what is joined to it. */
static bool join_texts(struct work *work, const struct datum *a, const struct datum *b,
                       struct datum *out)
{
    const struct datum *const both[] = {a, b};
    size_t mark = work->out->len;

    for (size_t i = 0; i < 2; i++)
        if (a->safe != b->safe && !both[i]->safe
                ? !work_add_escaped(work, both[i]->text)
                : !work_add(work, both[i]->text.at, both[i]->text.len))
            return false;
    if (!datum_pop(work, mark, out)) return false;
    out->safe = a->safe || b->safe;
    return true;
}

static bool join_lists(struct work *work, const struct datum *a, const struct datum *b,
                       struct datum *out)
{
    size_t count = a->list->count + b->list->count;
    struct datum *at = work_take(work, count * sizeof *at);

    if (!at || !work_spend(work, count)) return false;
    if (a->list->count > 0) memcpy(at, a->list->at, a->list->count * sizeof *at);
    if (b->list->count > 0) memcpy(at + a->list->count, b->list->at, b->list->count * sizeof *at);
    return datum_list(work, a->kind, at, count, out);
}

static bool repeat(struct work *work, const struct datum *what, int64_t times, struct datum *out)
{
    size_t mark = work->out->len, size, count;
    struct datum *at;

    if (times < 0) times = 0;
    if (what->kind == DATUM_TEXT) {
        for (int64_t i = 0; what->text.len > 0 && i < times; i++)
            if (!work_add(work, what->text.at, what->text.len)) return false;
        return datum_pop(work, mark, out) && (out->safe = what->safe, true);
    }
    count = what->list->count;
    if (__builtin_mul_overflow(count * sizeof *at, (size_t)times, &size) || size > WORK_MEMORY)
        size = WORK_MEMORY + 1;
    if (!(at = work_take(work, size)) || !work_spend(work, size / sizeof *at)) return false;
    for (size_t i = 0; i < size / sizeof *at; i++) at[i] = what->list->at[i % count];
    return datum_list(work, what->kind, at, size / sizeof *at, out);
}

static bool can_repeat(const struct datum *a, const struct datum *b)
{
    return (a->kind == DATUM_TEXT || a->kind == DATUM_LIST || a->kind == DATUM_TUPLE) &&
           (b->kind == DATUM_INT || b->kind == DATUM_BOOL);
}

bool operate(struct work *work, unsigned sign, const struct datum *a, const struct datum *b,
             struct datum *out)
{
    bool lists = a->kind == DATUM_LIST || a->kind == DATUM_TUPLE;

    if (datum_is_number(a) && datum_is_number(b)) return operate_numbers(work, sign, a, b, out);
    if (sign == SIGN('+', 0) && a->kind == DATUM_TEXT && b->kind == DATUM_TEXT)
        return join_texts(work, a, b, out);
    if (sign == SIGN('+', 0) && lists && a->kind == b->kind) return join_lists(work, a, b, out);
    if (sign == SIGN('*', 0) && can_repeat(a, b)) return repeat(work, a, whole_of(b), out);
    if (sign == SIGN('*', 0) && can_repeat(b, a)) return repeat(work, b, whole_of(a), out);
    if (sign == SIGN('%', 0) && a->kind == DATUM_TEXT && !a->safe) {
        if (b->kind == DATUM_TUPLE)
            return show_percent(work, a->text, b->list->at, b->list->count, out);
        return show_percent(work, a->text, b, 1, out);
    }
    return mismatch(work, sign, a, b);
}

bool negate(struct work *work, const struct datum *a, struct datum *out)
{
    if (a->kind == DATUM_FLOAT) return *out = datum_float(-a->real), true;
    if (!datum_is_number(a))
        return datum_demand(work, a) && err_set(work->err, "'-' of %s", datum_name(a));
    if (whole_of(a) == INT64_MIN) return overflow(work);
    *out = datum_int(-whole_of(a));
    return true;
}
