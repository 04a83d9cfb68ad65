/* Names and what belongs to each: a hash table keyed with a secret, so that nobody can prepare
 * names that are slow. */
#ifndef HASH_LOOKUP_H
#define HASH_LOOKUP_H

#include "core/memory.h"
#include "hash/hash.h"

#include <stdbool.h>

/* All zero is an empty one. */
struct lookup {
    struct lookup_slot *slots;
    size_t count, room; /* room is a power of two */
    struct hash_key secret;
};

/* Names are borrowed for as long as the table lives. Returns what a name stands for already, which
 * is then kept, or NULL when it is new. */
const size_t *lookup_add(struct lookup *lookup, struct text name, size_t value);
const size_t *lookup_find(const struct lookup *lookup, struct text name); /* or NULL */
void lookup_release(struct lookup *lookup);

#endif
