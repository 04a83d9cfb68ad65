/* A set of 128-bit hashes, each with a number: what has been seen, and where.
 *
 * Open addressing in 64 shards that grow by a quarter, so that memory stays between 30 and 38
 * bytes a hash and never needs twice its size to grow. */
#ifndef RECORDS_SEEN_H
#define RECORDS_SEEN_H

#include "hash/hash.h"

#include <stdbool.h>

#define SEEN_SHARDS 64

struct seen_slot {
    struct hash128 hash; /* all zero: free */
    uint64_t value;
};

struct seen {
    struct {
        struct seen_slot *slots;
        size_t count, room;
    } shards[SEEN_SHARDS];
    size_t count;
};

/* Finds the hash, or adds it with value 0 and sets *fresh. The value may be changed through the
 * result until the next call. */
uint64_t *seen_add(struct seen *seen, struct hash128 hash, bool *fresh);
const uint64_t *seen_find(const struct seen *seen, struct hash128 hash); /* NULL: never seen */
/* Has the place of a hash that is soon asked for brought near. */
void seen_prepare(const struct seen *seen, struct hash128 hash);
void seen_release(struct seen *seen);

#endif
