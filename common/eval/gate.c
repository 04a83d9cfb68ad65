#include "eval/gate.h"

#include "core/number.h"

#include <string.h>

static bool less(double a, double b)
{
    return a < b;
}

static bool at_most(double a, double b)
{
    return a <= b;
}

static bool more(double a, double b)
{
    return a > b;
}

static bool at_least(double a, double b)
{
    return a >= b;
}

static bool equal(double a, double b)
{
    return a == b;
}

static bool other(double a, double b)
{
    return a != b;
}

/* The longer ones first, where two begin alike. */
static const struct {
    const char *sign;
    bool (*holds)(double, double);
} signs[] = {{"<=", at_most}, {">=", at_least}, {"!=", other}, {"==", equal},
             {"<", less},     {">", more},      {"=", equal}};

enum { SIGNS = sizeof signs / sizeof *signs };

static size_t sign_at(const char *text)
{
    size_t i = 0;

    while (i < SIGNS && strncmp(text, signs[i].sign, strlen(signs[i].sign)) != 0) i++;
    return i;
}

/* VALUE with nothing but blanks behind it. */
static bool read_value(const char *text, double *value)
{
    char number[64];
    const size_t len = strcspn(text, " ");

    if (len >= sizeof number || text[len + strspn(text + len, " ")]) return false;
    memcpy(number, text, len);
    number[len] = '\0';
    return parse_number(number, value);
}

bool gate_parse(struct gate *gate, const char *text, bool adapted, struct err *err)
{
    const char *begin = text + strspn(text, " "), *at;
    const struct text name = {begin, strcspn(begin, " <>=!")};
    size_t sign;

    at = name.at + name.len;
    at += strspn(at, " ");
    sign = sign_at(at);
    if (name.len == 0 || sign == SIGNS)
        return err_set(err, "--gate takes 'METRIC OP VALUE' with < <= > >= = or !=, not '%.80s'",
                       text);
    gate->sign = signs[sign].sign;
    at += strlen(gate->sign);
    at += strspn(at, " ");
    if (!read_value(at, &gate->value)) return err_set(err, "--gate: '%.80s' is not a number", at);
    if (!metric_named(name, &gate->metric))
        return err_set(err, "--gate: '%.*s' is not measured", name.len < 80 ? (int)name.len : 80,
                       name.at);
    return metric_measured(gate->metric, adapted) ||
           err_set(err, "--gate: '%s' is measured with --adapter only", metric_name(gate->metric));
}

bool gate_check(const struct gate *gate, const struct metrics *metrics, struct err *err)
{
    const double value = metrics->values[gate->metric];

    if (signs[sign_at(gate->sign)].holds(value, gate->value)) return true;
    return err_set(err, "gate not met: %s is %.9g, not %s %.9g", metric_name(gate->metric), value,
                   gate->sign, gate->value);
}
