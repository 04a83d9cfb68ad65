#include "unit/figure.h"

#include "unit/expr.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool figure_next(const char **text, struct figure *figure)
{
    const char *at = *text;
    char plain[64] = "";
    size_t length = 0;

    *figure = (struct figure){0};
    while (*at && !is_digit(*at)) at++;
    if (!*at) return false;
    if (at > *text && at[-1] == '$') figure->unit = '$';
    while (is_digit(*at) && length < sizeof plain - 2) {
        plain[length++] = *at++;
        figure->digits++;
        if (*at == ',' && is_digit(at[1]) && is_digit(at[2]) && is_digit(at[3])) at++;
    }
    if (*at == '.' && is_digit(at[1])) {
        plain[length++] = *at++;
        for (; is_digit(*at) && length < sizeof plain - 1; figure->decimals++)
            plain[length++] = *at++;
    }
    if (*at == '%') figure->unit = '%';
    figure->value = strtod(plain, NULL);
    *text = at;
    return true;
}

bool figure_counts(const struct figure *figure)
{
    return figure->unit || figure->decimals || figure->digits >= 3;
}

bool figure_occurs(const struct figure *wanted, const char *text)
{
    struct figure found;

    while (figure_next(&text, &found))
        if (fabs(found.value - wanted->value) < 1e-9 &&
            (found.unit == wanted->unit || !found.unit || !wanted->unit))
            return true;
    return false;
}

bool figure_stands_in(const char *text, const char *whole)
{
    size_t length = strlen(text);

    for (const char *at = whole; *at && length; at++) {
        size_t n = 0;
        while (n < length && tolower((unsigned char)at[n]) == tolower((unsigned char)text[n])) n++;
        if (n < length) continue;
        if (at > whole && isalnum((unsigned char)at[-1])) continue;
        if (at > whole + 1 && strchr(",.", at[-1]) && is_digit(at[-2]) && is_digit(*at)) continue;
        if (isalnum((unsigned char)at[n])) continue;
        if (is_digit(at[n - 1]) && at[n] && strchr(",.", at[n]) && is_digit(at[n + 1])) continue;
        return true;
    }
    return false;
}

bool figure_agrees(const char *expression, const char *text)
{
    const char *sign = strpbrk(text, "-0123456789");
    struct figure shown;
    double value;

    if (!expr_evaluate(expression, &value) || !figure_next(&text, &shown)) return false;
    if (*sign == '-') shown.value = -shown.value;
    return fabs(value - shown.value) <= 0.5 * pow(10, -shown.decimals) + 1e-9;
}
