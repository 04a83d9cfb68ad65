/* SHA-256, by the processor's own instructions where it has them. */
#ifndef HASH_SHA256_H
#define HASH_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
    uint32_t state[8];
    uint64_t length;
    unsigned char block[64];
    size_t filled;
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *data, size_t len);
void sha256_hex(struct sha256 *sha, char out[65]); /* ends it; out is terminated */

/* The same result without the special instructions, for tests: call before sha256_init. */
void sha256_force_plain(void);

#endif
