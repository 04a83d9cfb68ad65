#include "control/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool words_append(char *words, size_t room, const char *format, ...)
{
    const size_t used = strlen(words);
    va_list args;

    va_start(args, format);
    vsnprintf(words + used, room - used, format, args);
    va_end(args);
    return true;
}
