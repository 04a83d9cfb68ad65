/* A quick hash of short keys. With a secret nobody can prepare keys that collide. */
#ifndef BPE_MIX_H
#define BPE_MIX_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t mix_words(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t mix_load(const char *at, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, at, len);
    return word;
}

static inline uint64_t mix_bytes(uint64_t secret, const char *at, size_t len)
{
    uint64_t a = 0, b = 0, seed = secret;

    if (len >= 8) {
        size_t i = 0;

        for (; i + 16 < len; i += 16)
            seed =
                mix_words(mix_load(at + i, 8) ^ 0x9e3779b97f4a7c15, mix_load(at + i + 8, 8) ^ seed);
        a = mix_load(at + (len < 16 ? 0 : len - 16), 8);
        b = mix_load(at + len - 8, 8);
    } else if (len >= 4) {
        a = mix_load(at, 4);
        b = mix_load(at + len - 4, 4);
    } else if (len) {
        a = (uint64_t)(unsigned char)at[0] << 16 | (uint64_t)(unsigned char)at[len / 2] << 8 |
            (unsigned char)at[len - 1];
    }
    return mix_words(a ^ 0xbf58476d1ce4e5b9 ^ len, b ^ seed);
}

#endif
