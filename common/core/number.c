#include "core/number.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
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

const char *write_size(char text[SIZE_TEXT], size_t bytes, bool up)
{
    static const char *const units[] = {"", "K", "M", "G", "T"};
    unsigned unit = 0;
    bool more;

    while (unit < 4 && bytes && (bytes >> 10 * unit & 1023) == 0) unit++;
    while (unit < 4 && bytes >> 10 * unit >= 10 * 1024) unit++;
    more = up && bytes & (((size_t)1 << 10 * unit) - 1);
    snprintf(text, SIZE_TEXT, "%zu%s", (bytes >> 10 * unit) + more, units[unit]);
    return text;
}
