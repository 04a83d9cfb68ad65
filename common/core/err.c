#include "core/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void err_write(struct err *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
}

void err_write_errno(struct err *err, const char *format, ...)
{
    int cause = errno;
    va_list args;
    size_t used;

    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(cause));
}

void err_write_prefix(struct err *err, const char *format, ...)
{
    char cause[sizeof err->text];
    va_list args;
    size_t used;

    memcpy(cause, err->text, sizeof cause);
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", cause);
}
