/* Keyed hashing for the length of one run, as fast as the processor can.
 *
 * Where there are AES instructions four lanes take 64 bytes a step, each through four rounds of AES
 * between two inputs, from states that only the key tells; elsewhere it is hash_bytes. So results
 * differ between machines: they are to be compared in memory, never stored or shown. The key must
 * be random, or collisions can be prepared. */
#ifndef HASH_QUICK_H
#define HASH_QUICK_H

#include "hash/hash.h"

struct hash128 hash_quick(struct hash_key key, const void *data, size_t len);

#endif
