#include "judge/arithmetic.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 64
#define DIGITS 64 /* of one number, at most */
#define PI 3.14159265358979323846

struct parser {
    const char *at, *end;
    int depth;
    const char *problem; /* the first one; nothing is read any more */
};

static double read_sum(struct parser *p);

static double fail(struct parser *p, const char *problem)
{
    if (!p->problem) p->problem = problem;
    p->at = p->end;
    return 0;
}

static void skip_space(struct parser *p)
{
    while (p->at < p->end && isspace((unsigned char)*p->at)) p->at++;
}

static bool take(struct parser *p, const char *sign)
{
    size_t len = strlen(sign);

    skip_space(p);
    if ((size_t)(p->end - p->at) < len || strncasecmp(p->at, sign, len) != 0) return false;
    p->at += len;
    return true;
}

static bool take_times(struct parser *p)
{
    skip_space(p);
    if (p->end - p->at > 1 && p->at[0] == '*' && p->at[1] == '*') return false;
    return take(p, "*") || take(p, "\xC3\x97") || take(p, "\xC2\xB7") || take(p, "\xE2\x8B\x85");
}

static bool take_over(struct parser *p)
{
    return take(p, "/") || take(p, "\xC3\xB7");
}

static bool take_minus(struct parser *p)
{
    return take(p, "-") || take(p, "\xE2\x88\x92");
}

static bool is_digit_at(const struct parser *p, size_t ahead)
{
    return (size_t)(p->end - p->at) > ahead && isdigit((unsigned char)p->at[ahead]);
}

/* A comma with three digits behind it, and no more. */
static bool divides_thousands(const struct parser *p)
{
    return *p->at == ',' && is_digit_at(p, 1) && is_digit_at(p, 2) && is_digit_at(p, 3) &&
           !is_digit_at(p, 4);
}

static double read_number(struct parser *p)
{
    char digits[DIGITS + 1];
    size_t count = 0;
    bool any = false, point = false;

    skip_space(p);
    for (; p->at < p->end; p->at++) {
        bool digit = isdigit((unsigned char)*p->at);

        if (any && !point && divides_thousands(p)) continue;
        if (!digit && (*p->at != '.' || point)) break;
        any |= digit;
        point |= !digit;
        if (count == DIGITS) return fail(p, "a number has too many digits");
        digits[count++] = *p->at;
    }
    if (!any)
        return fail(p, p->at < p->end ? "no number where one belongs" : "a number is missing");
    digits[count] = '\0';
    return strtod(digits, NULL);
}

static double read_bracket(struct parser *p)
{
    double value = read_sum(p);

    return take(p, ")") ? value : fail(p, "')' is missing");
}

static double read_atom(struct parser *p)
{
    if (take(p, "(")) return read_bracket(p);
    if (take(p, "pi")) return PI;
    if (!take(p, "sqrt")) return read_number(p);
    return take(p, "(") ? sqrt(read_bracket(p)) : fail(p, "'(' is missing behind 'sqrt'");
}

/* A '%' with no operand behind it. */
static bool take_hundredth(struct parser *p)
{
    const char *before = p->at;

    if (!take(p, "%")) return false;
    skip_space(p);
    if (p->at == p->end || strchr("+-*/)^%\xC3\xC2\xE2", *p->at)) return true;
    p->at = before;
    return false;
}

static double read_factor(struct parser *p)
{
    double value;

    if (++p->depth > DEPTH) return fail(p, "more than 64 levels deep");
    if (take_minus(p)) {
        value = -read_factor(p);
    } else if (take(p, "+")) {
        value = read_factor(p);
    } else {
        value = read_atom(p);
        while (take_hundredth(p)) value /= 100;
        if (take(p, "**") || take(p, "^")) value = pow(value, read_factor(p));
    }
    p->depth--;
    return value;
}

static double read_product(struct parser *p)
{
    double value = read_factor(p);

    for (;;) {
        if (take_times(p))
            value *= read_factor(p);
        else if (take_over(p))
            value /= read_factor(p);
        else if (take(p, "%"))
            value = fmod(value, read_factor(p));
        else
            return value;
    }
}

static double read_sum(struct parser *p)
{
    double value = read_product(p);

    for (;;) {
        if (take(p, "+"))
            value += read_product(p);
        else if (take_minus(p))
            value -= read_product(p);
        else
            return value;
    }
}

bool arithmetic_eval(struct text text, double *value, struct err *err)
{
    const char *at = text.len ? text.at : "";
    struct parser p = {at, at + text.len, 0, NULL};

    *value = read_sum(&p);
    skip_space(&p);
    if (!p.problem && p.at < p.end) p.problem = "no sign between two numbers";
    if (!p.problem && !isfinite(*value)) p.problem = "no finite value";
    if (!p.problem) return true;
    return err_set(err, "%s: '%.*s'", p.problem, (int)(text.len < 80 ? text.len : 80), at);
}
