/* The names of temporaries: '.NAME.PID-N.tmp' beside what is to get NAME, and the same with '.old'
 * for a folder that makes room for another. */
#ifndef CORE_HIDDEN_H
#define CORE_HIDDEN_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define HIDDEN_NAME ((size_t)200) /* bytes of NAME, at most */

/* What the name of a temporary says. */
struct hidden {
    size_t len; /* of NAME, which stands behind the first byte */
    long pid;
    bool old;
};

static inline bool hidden_is_digits(const char *from, const char *to)
{
    while (from < to && *from >= '0' && *from <= '9') from++;
    return from == to;
}

static inline bool hidden_parse(struct hidden *hidden, const char *text)
{
    const size_t len = strlen(text);
    const char *kind = text + len - (len < 4 ? len : 4), *dash, *dot;

    hidden->old = strcmp(kind, ".old") == 0;
    dash = memrchr(text, '-', (size_t)(kind - text));
    dot = dash ? memrchr(text, '.', (size_t)(dash - text)) : NULL;
    if (*text != '.' || !dot || dot <= text + 1 || (!hidden->old && strcmp(kind, ".tmp") != 0))
        return false;
    hidden->len = (size_t)(dot - text) - 1;
    hidden->pid = strtol(dot + 1, NULL, 10);
    return hidden->len <= HIDDEN_NAME && dot + 1 < dash && dash + 1 < kind &&
           hidden_is_digits(dot + 1, dash) && hidden_is_digits(dash + 1, kind);
}

/* Removes the files, of name only, that programs which were killed left in the folder: see
 * outfile_sweep.c. What cannot be removed is left to the next one. */
void hidden_sweep(int folder, const char *name);

#endif
