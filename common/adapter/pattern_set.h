/* Sets of bytes in a regular expression: [a-z], \d, \. and the like. */
#ifndef ADAPTER_PATTERN_SET_H
#define ADAPTER_PATTERN_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pattern_set {
    uint32_t bits[8];
};

extern const struct pattern_set pattern_words; /* letters, digits and _ */

struct pattern_set pattern_set_of(size_t first, size_t last); /* both in it */
void pattern_set_invert(struct pattern_set *set);

static inline bool pattern_set_has(const struct pattern_set *set, unsigned char byte)
{
    return set->bits[byte / 32] >> byte % 32 & 1;
}

/* What stands at *at, behind a '\' or a '[', is added to the set and passed over. They return what
 * is wrong with it, or NULL. */
const char *pattern_set_escape(struct pattern_set *set, const char **at);
const char *pattern_set_take(struct pattern_set *set, const char **at);

#endif
