#include "hash/sha1.h"

#include <stdio.h>
#include <string.h>

static uint32_t rotate(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}

static uint32_t mix(int round, uint32_t b, uint32_t c, uint32_t d)
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    const uint32_t choice = (b & c) | (~b & d), odd = b ^ c ^ d;
    const uint32_t majority = (b & c) | (b & d) | (c & d);

    return constants[round / 20] + (round < 20 ? choice : round / 20 == 2 ? majority : odd);
}

static void one_block(uint32_t state[5], const unsigned char *p)
{
    uint32_t w[80], v[5];

    for (int i = 0; i < 16; i++, p += 4)
        w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 80; i++) {
        const uint32_t next = rotate(v[0], 5) + mix(i, v[1], v[2], v[3]) + v[4] + w[i];

        memmove(v + 1, v, 4 * sizeof v[0]);
        v[2] = rotate(v[2], 30);
        v[0] = next;
    }
    for (int i = 0; i < 5; i++) state[i] += v[i];
}

void sha1_init(struct sha1 *sha)
{
    *sha = (struct sha1){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}};
}

void sha1_add(struct sha1 *sha, const void *data, size_t len)
{
    const unsigned char *from = data;

    while (len) {
        const size_t filled = sha->length % 64, room = 64 - filled;
        const size_t part = len < room ? len : room;

        memcpy(sha->block + filled, from, part);
        sha->length += part;
        from += part;
        len -= part;
        if (part == room) one_block(sha->state, sha->block);
    }
}

void sha1_hex(struct sha1 *sha, char out[41])
{
    const uint64_t bits = sha->length * 8;
    unsigned char end[8];

    sha1_add(sha, "\x80", 1);
    while (sha->length % 64 != 56) sha1_add(sha, "", 1);
    for (int i = 0; i < 8; i++) end[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha1_add(sha, end, sizeof end);
    for (size_t i = 0; i < 5; i++) snprintf(out + 8 * i, 9, "%08x", (unsigned)sha->state[i]);
}
