#include "synth/expression.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define DEPTH 32

struct parser {
    const char *at, *end;
    int depth;
    bool failed;
};

static double read_sum(struct parser *p);

static double fail(struct parser *p)
{
    p->failed = true;
    p->at = p->end;
    return 0;
}

/* A sign is taken whole: '*' is not the beginning of '**'. */
static bool take(struct parser *p, const char *sign)
{
    size_t len = strlen(sign);

    while (p->at < p->end && *p->at == ' ') p->at++;
    if ((size_t)(p->end - p->at) < len || memcmp(p->at, sign, len) != 0) return false;
    if (strcmp(sign, "*") == 0 && p->end - p->at > 1 && p->at[1] == '*') return false;
    p->at += len;
    return true;
}

static double read_number(struct parser *p)
{
    double value = 0, unit = 1;
    bool digits = false, point = false;

    for (; p->at < p->end; p->at++) {
        if (*p->at == '.' && !point) {
            point = true;
        } else if (isdigit((unsigned char)*p->at)) {
            digits = true;
            value = value * 10 + (*p->at - '0');
            if (point) unit *= 10;
        } else {
            break;
        }
    }
    return digits ? value / unit : fail(p);
}

static double read_bracket(struct parser *p)
{
    double value = read_sum(p);

    return take(p, ")") ? value : fail(p);
}

static double read_factor(struct parser *p)
{
    double value;

    if (++p->depth > DEPTH) return fail(p);
    if (take(p, "-"))
        value = -read_factor(p);
    else {
        if (take(p, "sqrt("))
            value = sqrt(read_bracket(p));
        else
            value = take(p, "(") ? read_bracket(p) : read_number(p);
        if (take(p, "**")) value = pow(value, read_factor(p));
    }
    p->depth--;
    return value;
}

static double read_product(struct parser *p)
{
    double value = read_factor(p);

    for (;;) {
        if (take(p, "*"))
            value *= read_factor(p);
        else if (take(p, "/"))
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
        else if (take(p, "-"))
            value -= read_product(p);
        else
            return value;
    }
}

bool expression_value(struct text text, double *value)
{
    struct parser p = {text.at, text.at + text.len, 0, false};

    *value = read_sum(&p);
    while (p.at < p.end && *p.at == ' ') p.at++;
    return !p.failed && p.at == p.end && isfinite(*value);
}
