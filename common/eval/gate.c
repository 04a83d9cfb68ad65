#include "eval/gate.h"

#include "core/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SHOWN 80 /* bytes of a text in an error */

static int shown(struct text text)
{
    return text.len < SHOWN ? (int)text.len : SHOWN;
}

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
    return a < b || a > b;
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

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " ");
}

/* A number with nothing but blanks behind it. */
static bool read_number(const char *text, double *value)
{
    char number[64];
    const size_t len = strcspn(text, " ");

    if (len >= sizeof number || *skip_blanks(text + len)) return false;
    memcpy(number, text, len);
    number[len] = '\0';
    return parse_number(number, value);
}

static const char *base_word(const struct gate *gate)
{
    return gate->base == GATE_BASELINE ? "baseline" : "previous";
}

/* 'baseline', 'previous + 0.08', '0.7' */
static bool read_value(struct gate *gate, const char *at)
{
    static const struct {
        const char *word;
        enum gate_source source;
    } bases[] = {{"baseline", GATE_BASELINE}, {"previous", GATE_PREVIOUS}};
    char sign;

    for (size_t i = 0; i < 2; i++) {
        const size_t len = strlen(bases[i].word);

        if (strncmp(at, bases[i].word, len) != 0) continue;
        gate->relative = true;
        gate->base = bases[i].source;
        at = skip_blanks(at + len);
        sign = *at;
        if (!sign) return true;
        if (sign != '+' && sign != '-') return false;
        at = skip_blanks(at + 1);
        if (strchr("+-", *at) || !read_number(at, &gate->value)) return false;
        if (sign == '-') gate->value = -gate->value;
        return true;
    }
    return read_number(at, &gate->value);
}

/* 'margin', 'p', 'low(answer_accuracy)' */
static bool read_metric(struct gate *gate, struct text text)
{
    static const struct {
        struct text word;
        enum gate_source source;
    } forms[] = {
        {TEXT("p("), GATE_P}, {TEXT("difference("), GATE_DIFFERENCE}, {TEXT("low("), GATE_LOW}};

    gate->shown = text;
    gate->name = text;
    gate->source = GATE_NOW;
    if (text_is(text, "p")) {
        gate->source = GATE_P;
        gate->name.len = 0;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const size_t len = forms[i].word.len;

        if (text.len <= len || memcmp(text.at, forms[i].word.at, len) != 0) continue;
        gate->source = forms[i].source;
        gate->name = (struct text){text.at + len, text.len - len - 1};
        return text.at[text.len - 1] == ')' && gate->name.len > 0;
    }
    return text.len > 0;
}

bool gate_parse(struct gate *gate, const char *text, struct err *err)
{
    const char *begin = skip_blanks(text), *at;
    const size_t len = strcspn(begin, " <>=!");
    size_t sign;

    *gate = (struct gate){0};
    at = skip_blanks(begin + len);
    sign = sign_at(at);
    if (sign == SIGNS || !read_metric(gate, (struct text){begin, len}))
        return err_set(err, "--gate takes 'METRIC OP VALUE' with < <= > >= = or !=, not '%.*s'",
                       SHOWN, text);
    gate->sign = signs[sign].sign;
    at = skip_blanks(at + strlen(gate->sign));
    if (read_value(gate, at) && !(gate->relative && gate->source != GATE_NOW)) return true;
    if (gate->relative && gate->source == GATE_NOW)
        return err_set(err, "--gate: behind '%s' stands '+ X' or '- X', as not in '%.*s'",
                       base_word(gate), SHOWN, at);
    if (gate->relative)
        return err_set(err,
                       "--gate: '%.*s' is of a comparison: it is held against a number, not '%.*s'",
                       shown(gate->shown), gate->shown.at, SHOWN, at);
    return err_set(err, "--gate: '%.*s' is not a number", SHOWN, at);
}

static bool find(const struct gate_numbers *numbers, enum gate_source source, struct text name,
                 double *value)
{
    *value = NAN;
    return numbers->find(numbers->context, source, name, value);
}

static bool refuse(const struct gate *gate, enum gate_source source,
                   const struct gate_numbers *numbers, struct err *err)
{
    const struct text name = gate->name.len > 0 ? gate->name : gate->shown;

    if (source == GATE_NOW)
        return err_set(err, "--gate: '%.*s' is not measured%s%s", shown(name), name.at,
                       numbers->names ? "; there are " : "", numbers->names ? numbers->names : "");
    if (source == GATE_PREVIOUS)
        return err_set(err, "--gate: no earlier '%.*s' is known", shown(name), name.at);
    if (source == GATE_BASELINE)
        return err_set(err, "--gate: the baseline has no '%.*s'", shown(name), name.at);
    return err_set(err, "--gate: '%.*s' needs a baseline in which it was measured, too",
                   shown(gate->shown), gate->shown.at);
}

bool gate_known(const struct gate *gate, const struct gate_numbers *numbers, struct err *err)
{
    double value;

    if (gate->name.len > 0 && !find(numbers, GATE_NOW, gate->name, &value))
        return refuse(gate, GATE_NOW, numbers, err);
    if (!find(numbers, gate->source, gate->name, &value))
        return refuse(gate, gate->source, numbers, err);
    return !gate->relative || find(numbers, gate->base, gate->name, &value) ||
           refuse(gate, gate->base, numbers, err);
}

bool gate_is_first(const struct gate *gate, const struct gate_numbers *numbers)
{
    double value;

    return gate->relative && gate->base == GATE_PREVIOUS &&
           find(numbers, gate->base, gate->name, &value) && isnan(value);
}

bool gate_check(const struct gate *gate, const struct gate_numbers *numbers, struct err *err)
{
    const char *word = base_word(gate);
    double value, limit = 0;
    char terms[64] = "";

    if (!find(numbers, gate->source, gate->name, &value))
        return refuse(gate, gate->source, numbers, err);
    if (gate->relative && !find(numbers, gate->base, gate->name, &limit))
        return refuse(gate, gate->base, numbers, err);
    if (gate_is_first(gate, numbers)) return true;
    limit += gate->value;
    if (signs[sign_at(gate->sign)].holds(value, limit)) return true;
    if (gate->relative && fabs(gate->value) > 0)
        snprintf(terms, sizeof terms, "%s %c %.9g = ", word, gate->value < 0 ? '-' : '+',
                 fabs(gate->value));
    else if (gate->relative)
        snprintf(terms, sizeof terms, "%s = ", word);
    if (isnan(value) || isnan(limit))
        return err_set(err, "gate not met: %.*s cannot be told from these records",
                       shown(gate->shown), gate->shown.at);
    return err_set(err, "gate not met: %.*s is %.9g, not %s %s%.9g", shown(gate->shown),
                   gate->shown.at, value, gate->sign, terms, limit);
}
