/* Warnings, a line each, for the caller to show: what was seen, and the option that helps. */
#ifndef CONTROL_WARNING_H
#define CONTROL_WARNING_H

#include <stddef.h>

#define WARNING_LIMIT 32 /* what is beyond is left out; there are fewer kinds than that */

#define WARNING_WORDS 240

struct warning {
    const char *kind; /* 'loss-spike' */
    char words[WARNING_WORDS];
};

struct warnings {
    size_t count;
    struct warning items[WARNING_LIMIT];
};

void warning_add(struct warnings *warnings, const char *kind, const char *format, ...)
    __attribute__((format(__printf__, 3, 4)));

#endif
