#include "core/sha256.h"

#include "core/sha256_rounds.h"

#include <stdio.h>
#include <string.h>

static sha256_rounds *rounds;

static uint32_t rotate(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

static void one_block(uint32_t state[8], const unsigned char *p)
{
    uint32_t w[64], v[8];

    for (int i = 0; i < 16; i++, p += 4)
        w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];

        w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + sha256_constants[i] + w[i];
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) state[i] += v[i];
}

static void plain_rounds(uint32_t state[8], const unsigned char *data, size_t blocks)
{
    for (; blocks; blocks--, data += 64) one_block(state, data);
}

void sha256_force_plain(void)
{
    rounds = plain_rounds;
}

void sha256_init(struct sha256 *sha)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    if (!rounds) rounds = sha256_rounds_x86();
    if (!rounds) rounds = plain_rounds;
    memcpy(sha->state, start, sizeof start);
    sha->length = 0;
    sha->filled = 0;
}

void sha256_add(struct sha256 *sha, const void *data, size_t len)
{
    const unsigned char *p = data;

    sha->length += len;
    if (sha->filled) {
        size_t part = len < 64 - sha->filled ? len : 64 - sha->filled;

        memcpy(sha->block + sha->filled, p, part);
        sha->filled += part;
        p += part;
        len -= part;
        if (sha->filled < 64) return;
        rounds(sha->state, sha->block, 1);
        sha->filled = 0;
    }
    rounds(sha->state, p, len / 64);
    sha->filled = len % 64;
    if (sha->filled) memcpy(sha->block, p + len - sha->filled, sha->filled);
}

void sha256_hex(struct sha256 *sha, char out[65])
{
    uint64_t bits = sha->length * 8;
    unsigned char tail[72] = {0x80};
    size_t pad = (sha->filled < 56 ? 56 : 120) - sha->filled;

    for (int i = 0; i < 8; i++) tail[pad + (size_t)i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_add(sha, tail, pad + 8);
    for (int i = 0; i < 8; i++) snprintf(out + 8 * i, 9, "%08x", sha->state[i]);
}
