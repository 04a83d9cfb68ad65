#include "bpe/cache.h"

#define LINE 64

void cache_init(struct cache *cache)
{
    size_t shorts = 2 * CACHE_SETS * sizeof *cache->shorts;
    char *at = mem_zero(shorts + CACHE_LONGS * sizeof *cache->longs + LINE, 1);

    cache->block = at;
    at += LINE - (uintptr_t)at % LINE;
    cache->shorts = (struct cache_short *)(void *)at;
    cache->longs = (struct cache_long *)(void *)(at + shorts);
}

void cache_release(struct cache *cache)
{
    mem_free(cache->block);
    *cache = (struct cache){0};
}

static struct cache_long *entry_of(const struct cache *cache, struct text piece)
{
    return &cache->longs[mix_bytes(0, piece.at, piece.len) % CACHE_LONGS];
}

const struct cache_long *cache_find_long(const struct cache *cache, struct text piece)
{
    const struct cache_long *entry = entry_of(cache, piece);

    if (entry->len != piece.len || memcmp(entry->bytes, piece.at, piece.len) != 0) return NULL;
    return entry;
}

void cache_keep_long(struct cache *cache, struct text piece, const token_id *ids, size_t count)
{
    struct cache_long *entry = entry_of(cache, piece);

    entry->len = (uint16_t)piece.len;
    entry->count = (uint16_t)count;
    memcpy(entry->bytes, piece.at, piece.len);
    if (count) memcpy(entry->ids, ids, count * sizeof *ids);
}
