/* Keyed hashing of short texts: SipHash-1-3 with a result of 128 bits.
 *
 * With a random key nobody can prepare texts that collide; with a fixed key the result is the same
 * on every machine and for ever. */
#ifndef HASH_HASH_H
#define HASH_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
    uint64_t k0, k1;
};

struct hash128 {
    uint64_t low, high;
};

struct hash128 hash_bytes(struct hash_key key, const void *data, size_t len);

/* The hash of three hashes, in their order. */
struct hash128 hash_join(struct hash_key key, struct hash128 a, struct hash128 b, struct hash128 c);
struct hash_key hash_key_random(void); /* from the system; dies when it has none to give */

#endif
