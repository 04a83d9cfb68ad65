/* What a text has left behind in all layers: its keys and values, in leaves of KV_PAGE positions
 * that texts with a common beginning share. */
#ifndef GENERATE_KV_CACHE_H
#define GENERATE_KV_CACHE_H

#include "attention/decode.h"

/* Gives the leaves and takes them back; they are used again and again. */
struct leaf_store {
    const struct attention *shapes; /* [layers], borrowed */
    size_t layers, stride;          /* floats of a layer's page */
    struct leaf *spare;
};

void leaf_store_init(struct leaf_store *store, size_t layers, const struct attention *shape);
void leaf_store_release(struct leaf_store *store);

/* Of one text. All zero is an empty one. */
struct kv_cache {
    struct leaf **leaves;
    const float **pages; /* [layers][room] */
    size_t count, room;  /* leaves */
    size_t positions;
};

/* Makes room for the next position, which counts from here on. */
void kv_cache_grow(struct kv_cache *cache, struct leaf_store *store);

/* Keeps k and v of a layer at a position that there is room for. */
void kv_cache_write(struct kv_cache *cache, const struct leaf_store *store, size_t layer,
                    size_t position, const float *k, const float *v);

/* Reads the first count positions of a layer, rows ld apart. */
void kv_cache_read(const struct kv_cache *cache, const struct leaf_store *store, size_t layer,
                   size_t count, float *k, float *v, size_t ld);

struct kv_pages kv_cache_pages(const struct kv_cache *cache, size_t layer);

/* An empty cache gets the first positions of another one. What either adds stays its own. */
void kv_cache_share(struct kv_cache *cache, struct leaf_store *store, const struct kv_cache *from,
                    size_t positions);

/* Keeps the first positions alone; what is beyond them goes back to the store. */
void kv_cache_cut(struct kv_cache *cache, struct leaf_store *store, size_t positions);

/* Empties it; the leaves go back to the store. */
void kv_cache_clear(struct kv_cache *cache, struct leaf_store *store);
void kv_cache_release(struct kv_cache *cache, struct leaf_store *store);

#endif
