#include "generate/kv_cache.h"

#include "core/memory.h"

#include <assert.h>
#include <string.h>

struct leaf {
    size_t holders;
    struct leaf *next; /* when spare */
    float *pages;      /* [layers][stride] */
};

void leaf_store_init(struct leaf_store *store, size_t layers, const struct attention *shape)
{
    *store =
        (struct leaf_store){.shapes = shape, .layers = layers, .stride = kv_page_floats(shape)};
}

void leaf_store_release(struct leaf_store *store)
{
    while (store->spare) {
        struct leaf *leaf = store->spare;

        store->spare = leaf->next;
        mem_free(leaf->pages);
        mem_free(leaf);
    }
}

static struct leaf *leaf_get(struct leaf_store *store)
{
    struct leaf *leaf = store->spare;

    if (leaf) {
        store->spare = leaf->next;
    } else {
        leaf = mem_zero(1, sizeof *leaf);
        leaf->pages = mem_aligned(store->layers * store->stride * sizeof *leaf->pages);
    }
    leaf->holders = 1;
    return leaf;
}

static void leaf_put(struct leaf_store *store, struct leaf *leaf)
{
    if (--leaf->holders > 0) return;
    leaf->next = store->spare;
    store->spare = leaf;
}

/* The table of pages has the room of the leaves in each of its rows. */
static void widen(struct kv_cache *cache, const struct leaf_store *store)
{
    const size_t room = cache->room ? 2 * cache->room : 4;
    const float **pages = mem_zero(store->layers * room, sizeof *pages);

    for (size_t l = 0; l < store->layers; l++)
        if (cache->count)
            memcpy(pages + l * room, cache->pages + l * cache->room, cache->count * sizeof *pages);
    mem_free(cache->pages);
    cache->pages = pages;
    cache->leaves = mem_resize(cache->leaves, room, sizeof(void *));
    cache->room = room;
}

static void append(struct kv_cache *cache, const struct leaf_store *store, struct leaf *leaf)
{
    if (cache->count == cache->room) widen(cache, store);
    for (size_t l = 0; l < store->layers; l++)
        cache->pages[l * cache->room + cache->count] = leaf->pages + l * store->stride;
    cache->leaves[cache->count++] = leaf;
}

void kv_cache_grow(struct kv_cache *cache, struct leaf_store *store)
{
    if (cache->positions == cache->count * KV_PAGE) append(cache, store, leaf_get(store));
    cache->positions++;
}

void kv_cache_write(struct kv_cache *cache, const struct leaf_store *store, size_t layer,
                    size_t position, const float *k, const float *v)
{
    struct leaf *leaf = cache->leaves[position / KV_PAGE];

    assert(position < cache->positions && leaf->holders == 1);
    kv_page_write(store->shapes, leaf->pages + layer * store->stride, position % KV_PAGE, k, v);
}

void kv_cache_read(const struct kv_cache *cache, const struct leaf_store *store, size_t layer,
                   size_t count, float *k, float *v, size_t ld)
{
    assert(count <= cache->positions);
    for (size_t i = 0; i < count; i++)
        kv_page_read(store->shapes, cache->leaves[i / KV_PAGE]->pages + layer * store->stride,
                     i % KV_PAGE, k + i * ld, v + i * ld);
}

struct kv_pages kv_cache_pages(const struct kv_cache *cache, size_t layer)
{
    return (struct kv_pages){.count = cache->positions,
                             .pages = cache->pages + layer * cache->room};
}

void kv_cache_share(struct kv_cache *cache, struct leaf_store *store, const struct kv_cache *from,
                    size_t positions)
{
    const size_t whole = positions / KV_PAGE;

    assert(cache->positions == 0 && positions <= from->positions);
    for (size_t i = 0; i < whole; i++) {
        from->leaves[i]->holders++;
        append(cache, store, from->leaves[i]);
    }
    if (positions % KV_PAGE > 0) {
        struct leaf *copy = leaf_get(store);

        memcpy(copy->pages, from->leaves[whole]->pages,
               store->layers * store->stride * sizeof *copy->pages);
        append(cache, store, copy);
    }
    cache->positions = positions;
}

void kv_cache_cut(struct kv_cache *cache, struct leaf_store *store, size_t positions)
{
    const size_t count = (positions + KV_PAGE - 1) / KV_PAGE;

    assert(positions <= cache->positions);
    while (cache->count > count) leaf_put(store, cache->leaves[--cache->count]);
    cache->positions = positions;
}

void kv_cache_clear(struct kv_cache *cache, struct leaf_store *store)
{
    kv_cache_cut(cache, store, 0);
}

void kv_cache_release(struct kv_cache *cache, struct leaf_store *store)
{
    kv_cache_clear(cache, store);
    mem_free(cache->leaves);
    mem_free(cache->pages);
    *cache = (struct kv_cache){0};
}
