/* SHA-1, by which git names what it keeps. It is no proof against forgers. */
#ifndef HASH_SHA1_H
#define HASH_SHA1_H

#include <stddef.h>
#include <stdint.h>

struct sha1 {
    uint32_t state[5];
    uint64_t length;
    unsigned char block[64];
};

void sha1_init(struct sha1 *sha);
void sha1_add(struct sha1 *sha, const void *data, size_t len);
void sha1_hex(struct sha1 *sha, char out[41]); /* ends it; out is terminated */

#endif
