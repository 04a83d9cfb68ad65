/* What pieces were found to be made of. It forgets: a piece takes the place of another.
 *
 * Short pieces, most of them, lie in entries of half a cache line, which hold the piece itself as
 * two words (the length is its last byte, so that no piece is like an empty entry); longer ones and
 * those of many ids in entries of two lines. */
#ifndef BPE_CACHE_H
#define BPE_CACHE_H

#include "bpe/mix.h"
#include "bpe/vocab.h"

#define CACHE_SHORT 15 /* bytes of a piece */
#define CACHE_SHORT_IDS 3
#define CACHE_LONG 32
#define CACHE_LONG_IDS 23

struct cache_short {
    uint64_t low, high; /* the bytes; the last one is the length */
    token_id ids[CACHE_SHORT_IDS];
    uint32_t count;
};

struct cache_long {
    char bytes[CACHE_LONG];
    uint16_t count, len; /* len 0: empty */
    token_id ids[CACHE_LONG_IDS];
};

struct cache {
    struct cache_short *shorts; /* in pairs that fill a line: the one used last comes first */
    struct cache_long *longs;
    void *block; /* that holds both */
};

struct cache_key {
    uint64_t low, high;
};

#define CACHE_SETS ((size_t)1 << 15) /* pairs of short entries */
#define CACHE_LONGS ((size_t)1 << 14)

void cache_init(struct cache *cache);
void cache_release(struct cache *cache);

/* The key of a piece of at most CACHE_SHORT bytes. What stands up to limit may be read. */
static inline struct cache_key cache_key(const char *at, size_t len, const char *limit)
{
    struct cache_key key = {0, 0};
    unsigned empty = 8 * (8 - (unsigned)(len & 7)); /* bits of the last word in use */

    if (limit - at < 16) {
        memcpy(&key, at, len);
    } else if (len < 8) {
        key.low = len ? mix_load(at, 8) << empty >> empty : 0;
    } else {
        key.low = mix_load(at, 8);
        key.high = len > 8 ? mix_load(at + 8, 8) << empty >> empty : 0;
    }
    key.high |= (uint64_t)len << 56;
    return key;
}

static inline struct cache_short *cache_set(const struct cache *cache, struct cache_key key)
{
    return &cache->shorts[2 *
                          (mix_words(key.low ^ 0xbf58476d1ce4e5b9, key.high ^ 0x9e3779b97f4a7c15) %
                           CACHE_SETS)];
}

/* The entry of a piece, or NULL. */
static inline const struct cache_short *cache_find(struct cache_short *set, struct cache_key key)
{
    struct cache_short second;

    if (set[0].low == key.low && set[0].high == key.high) return &set[0];
    if (set[1].low != key.low || set[1].high != key.high) return NULL;
    second = set[1];
    set[1] = set[0];
    set[0] = second;
    return &set[0];
}

static inline void cache_keep(struct cache_short *set, struct cache_key key, const token_id *ids,
                              size_t count)
{
    set[1] = set[0];
    set[0] = (struct cache_short){.low = key.low, .high = key.high, .count = (uint32_t)count};
    if (count) memcpy(set[0].ids, ids, count * sizeof *ids);
}

/* The same for any piece of at most CACHE_LONG bytes; NULL when it is not there. */
const struct cache_long *cache_find_long(const struct cache *cache, struct text piece);
void cache_keep_long(struct cache *cache, struct text piece, const token_id *ids, size_t count);

#endif
