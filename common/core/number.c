#include "core/number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool parse_any_number(const char *text, double *value)
{
    char *end;

    if (!isdigit((unsigned char)text[0]) && !strchr("+-.", text[0])) return false;
    if (strpbrk(text, "xXnN")) return false; /* strtod also reads hexadecimal, nan and infinity */
    *value = strtod(text, &end);
    return end != text && *end == '\0';
}

bool parse_number(const char *text, double *value)
{
    return parse_any_number(text, value) && isfinite(*value);
}
