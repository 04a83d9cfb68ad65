#include "hash/hash.h"

#include "core/entropy.h"

#include <endian.h>
#include <string.h>

static inline uint64_t get_u64(const unsigned char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
    return le64toh(x);
}

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static inline void round_of(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static uint64_t finish(uint64_t v[4])
{
    for (int i = 0; i < 3; i++) round_of(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct hash128 hash_bytes(struct hash_key key, const void *data, size_t len)
{
    const unsigned char *p = data, *end = p + (len & ~(size_t)7);
    uint64_t v[4] = {key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d ^ 0xee,
                     key.k0 ^ 0x6c7967656e657261, key.k1 ^ 0x7465646279746573};
    uint64_t last = (uint64_t)len << 56;
    struct hash128 result;

    for (; p < end; p += 8) {
        uint64_t word = get_u64(p);

        v[3] ^= word;
        round_of(v);
        v[0] ^= word;
    }
    for (size_t i = 0; i < (len & 7); i++) last |= (uint64_t)p[i] << (8 * i);
    v[3] ^= last;
    round_of(v);
    v[0] ^= last;
    v[2] ^= 0xee;
    result.low = finish(v);
    v[1] ^= 0xdd;
    result.high = finish(v);
    return result;
}

struct hash128 hash_join(struct hash_key key, struct hash128 a, struct hash128 b, struct hash128 c)
{
    uint64_t words[6] = {htole64(a.low),  htole64(a.high), htole64(b.low),
                         htole64(b.high), htole64(c.low),  htole64(c.high)};

    return hash_bytes(key, words, sizeof words);
}

struct hash_key hash_key_random(void)
{
    struct hash_key key;

    entropy_fill(&key, sizeof key);
    return key;
}
