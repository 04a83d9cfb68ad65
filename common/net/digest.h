/* What a file is named by: SHA-256, or SHA-1 of it as git counts a blob. */
#ifndef NET_DIGEST_H
#define NET_DIGEST_H

#include "core/err.h"
#include "hash/sha1.h"
#include "hash/sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct digest {
    bool git;
    struct sha1 sha1;
    struct sha256 sha256;
};

/* wanted has 64 digits, or 40 for git's, or is NULL. */
static inline void digest_init(struct digest *digest, const char *wanted, uint64_t size)
{
    char head[32];

    digest->git = wanted && strlen(wanted) == 40;
    if (!digest->git) {
        sha256_init(&digest->sha256);
        return;
    }
    snprintf(head, sizeof head, "blob %llu", (unsigned long long)size);
    sha1_init(&digest->sha1);
    sha1_add(&digest->sha1, head, strlen(head) + 1);
}

static inline void digest_add(struct digest *digest, const void *data, size_t len)
{
    if (digest->git)
        sha1_add(&digest->sha1, data, len);
    else
        sha256_add(&digest->sha256, data, len);
}

static inline void digest_end(struct digest *digest, char out[65])
{
    if (digest->git)
        sha1_hex(&digest->sha1, out);
    else
        sha256_hex(&digest->sha256, out);
}

#endif
