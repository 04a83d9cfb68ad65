#include "hash/sha256.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

typedef void kernel(uint32_t state[8], const unsigned char *data, size_t blocks);

static kernel *rounds;

/* clang-format off */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
/* clang-format on */

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
        uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants[i] + w[i];
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

#if defined(__x86_64__)

/* The instructions want the eight words as two vectors, ABEF and CDGH. Four rounds eat four
 * message words; w[i] is replaced by the words that are needed sixteen rounds later. */
__attribute__((target("sha,sse4.1"))) static void four_rounds(__m128i *abef, __m128i *cdgh,
                                                              const __m128i *words, int round)
{
    const __m128i *at = (const __m128i *)(const void *)(constants + 4 * round);
    __m128i sum = _mm_add_epi32(*words, _mm_loadu_si128(at));

    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sum);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

__attribute__((target("sha,sse4.1"))) static void one_block_x86(__m128i *abef, __m128i *cdgh,
                                                                const unsigned char *data)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i w[4], abef_before = *abef, cdgh_before = *cdgh;

    for (int i = 0; i < 4; i++) {
        const __m128i *at = (const __m128i *)(const void *)(data + 16 * i);

        w[i] = _mm_shuffle_epi8(_mm_loadu_si128(at), swap);
        four_rounds(abef, cdgh, &w[i], i);
    }
#pragma GCC unroll 12
    for (int i = 4; i < 16; i++) {
        __m128i nine = _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4);
        __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]), nine);

        w[i & 3] = _mm_sha256msg2_epu32(sum, w[(i + 3) & 3]);
        four_rounds(abef, cdgh, &w[i & 3], i);
    }
    *abef = _mm_add_epi32(*abef, abef_before);
    *cdgh = _mm_add_epi32(*cdgh, cdgh_before);
}

__attribute__((target("sha,sse4.1"))) static void rounds_x86(uint32_t state[8],
                                                             const unsigned char *data,
                                                             size_t blocks)
{
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)state);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(state + 4));
    __m128i cdab = _mm_shuffle_epi32(low, 0xb1), efgh = _mm_shuffle_epi32(high, 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    __m128i feba, dchg;

    for (; blocks; blocks--, data += 64) one_block_x86(&abef, &cdgh, data);
    feba = _mm_shuffle_epi32(abef, 0x1b);
    dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

static kernel *kernel_x86(void)
{
    unsigned a, b = 0, c, d;

    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return NULL;
    return b & bit_SHA && __builtin_cpu_supports("sse4.1") ? rounds_x86 : NULL;
}

#else

static kernel *kernel_x86(void)
{
    return NULL;
}

#endif

// cppcheck-suppress unusedFunction ; for tests: both kernels must agree
void sha256_force_plain(void)
{
    rounds = plain_rounds;
}

void sha256_init(struct sha256 *sha)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    if (!rounds) rounds = kernel_x86();
    if (!rounds) rounds = plain_rounds;
    memcpy(sha->state, start, sizeof start);
    sha->length = 0;
    sha->filled = 0;
}

void sha256_add(struct sha256 *sha, const void *data, size_t len)
{
    const unsigned char *p = data;

    if (!len) return;
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
