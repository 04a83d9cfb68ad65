#include "unit/expr.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double payment(const double *a)
{
    double i = a[1] / 1200;

    return i == 0 ? a[0] / a[2] : a[0] * i / (1 - pow(1 + i, -a[2]));
}

static double balance(const double *a)
{
    double i = a[1] / 1200;
    double growth = pow(1 + i, a[3]);

    if (i == 0) return a[0] - a[0] / a[2] * a[3];
    return a[0] * growth - payment(a) * (growth - 1) / i;
}

/* The rate at which the payments repay the amount financed has no closed form. */
static double apr(const double *a)
{
    double low = 0, high = 100;

    for (int step = 0; step < 100; step++) {
        double middle = (low + high) / 2;
        if (payment((double[]){a[0], middle, a[2]}) < a[1])
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double months(const double *a)
{
    double i = a[1] / 1200;

    return i == 0 ? a[0] / a[2] : -log(1 - a[0] * i / a[2]) / log(1 + i);
}

static double up(const double *a)
{
    return ceil(a[0]);
}

static double down(const double *a)
{
    return floor(a[0]);
}

static double nearest(const double *a)
{
    return floor(a[0] + 0.5);
}

static double power(const double *a)
{
    return pow(a[0], a[1]);
}

static double smaller(const double *a)
{
    return fmin(a[0], a[1]);
}

static double larger(const double *a)
{
    return fmax(a[0], a[1]);
}

static const struct function {
    const char *name;
    int arity;
    double (*call)(const double *arguments);
} functions[] = {
    {"pay", 3, payment}, {"bal", 4, balance}, {"apr", 3, apr},       {"months", 3, months},
    {"ceil", 1, up},     {"floor", 1, down},  {"round", 1, nearest}, {"pow", 2, power},
    {"min", 2, smaller}, {"max", 2, larger},
};

struct parser {
    const char *at;
    bool failed;
};

static double parse_sum(struct parser *p);

static bool take(struct parser *p, char c)
{
    while (*p->at == ' ') p->at++;
    if (*p->at != c) return false;
    p->at++;
    return true;
}

static double parse_call(struct parser *p)
{
    double arguments[4] = {0};
    size_t length = 0;
    const struct function *f = NULL;

    while (isalpha((unsigned char)p->at[length])) length++;
    for (size_t n = 0; n < sizeof functions / sizeof *functions; n++)
        if (strlen(functions[n].name) == length && !strncmp(functions[n].name, p->at, length))
            f = &functions[n];
    p->at += length;
    if (!f || !take(p, '(')) p->failed = true;
    for (int n = 0; f && n < f->arity && !p->failed; n++) {
        arguments[n] = parse_sum(p);
        if (!take(p, n + 1 < f->arity ? ',' : ')')) p->failed = true;
    }
    return p->failed ? 0 : f->call(arguments);
}

static double parse_factor(struct parser *p)
{
    double value = 0;
    char *end;

    if (take(p, '-')) return -parse_factor(p);
    if (take(p, '(')) {
        value = parse_sum(p);
        if (!take(p, ')')) p->failed = true;
    } else if (isalpha((unsigned char)*p->at)) {
        value = parse_call(p);
    } else if (isdigit((unsigned char)*p->at)) {
        value = strtod(p->at, &end);
        p->at = end;
    } else {
        p->failed = true;
    }
    return value;
}

static double parse_product(struct parser *p)
{
    double value = parse_factor(p);

    while (!p->failed) {
        if (take(p, '*'))
            value *= parse_factor(p);
        else if (take(p, '/'))
            value /= parse_factor(p);
        else
            break;
    }
    return value;
}

static double parse_sum(struct parser *p)
{
    double value = parse_product(p);

    while (!p->failed) {
        if (take(p, '+'))
            value += parse_product(p);
        else if (take(p, '-'))
            value -= parse_product(p);
        else
            break;
    }
    return value;
}

bool expr_evaluate(const char *expression, double *value)
{
    struct parser p = {expression, false};

    *value = parse_sum(&p);
    return !p.failed && take(&p, '\0') && isfinite(*value);
}
