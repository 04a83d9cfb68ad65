#include "control/warning.h"

#include <stdarg.h>
#include <stdio.h>

void warning_add(struct warnings *warnings, const char *kind, const char *format, ...)
{
    struct warning *warning = &warnings->items[warnings->count];
    va_list args;

    if (warnings->count == WARNING_LIMIT) return;
    warnings->count++;
    warning->kind = kind;
    va_start(args, format);
    vsnprintf(warning->words, sizeof warning->words, format, args);
    va_end(args);
}
