/* Regular expressions as Python writes them, for the names of modules.
 *
 * Known are: . \d \w \s (and \D \W \S), \ before a symbol, sets [a-z] [^.], groups (x) (?:x), x|y,
 * * + ? {m} {m,} {m,n} (lazy ones too, which fit the same texts), ^ $ and \b. The rest (looking
 * around, references, flags) is refused by name. Time is linear in the text, whatever the
 * pattern. */
#ifndef ADAPTER_PATTERN_H
#define ADAPTER_PATTERN_H

#include "core/err.h"
#include "core/memory.h"

struct pattern {
    struct pattern_code *codes;
    size_t count, room;
};

/* The error quotes the pattern. */
bool pattern_compile(struct pattern *pattern, const char *text, struct err *err);

/* Does all of the text fit? */
bool pattern_fits(const struct pattern *pattern, struct text text);

void pattern_release(struct pattern *pattern);

#endif
