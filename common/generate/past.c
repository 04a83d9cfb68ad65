#include "generate/past.h"

#include "core/memory.h"

#include <string.h>

size_t past_match(struct past *past, const uint32_t *ids, size_t count, bool adapted)
{
    size_t same = 0;

    if (past->adapted == adapted)
        while (same < count && same < past->cache.positions && past->ids[same] == ids[same]) same++;
    kv_cache_cut(&past->cache, &past->store, same);
    return same;
}

void past_keep(struct past *past, const uint32_t *ids, size_t count, bool adapted)
{
    kv_cache_cut(&past->cache, &past->store, count);
    if (past->room < count) {
        past->room = count;
        past->ids = mem_resize(past->ids, count, sizeof *past->ids);
    }
    if (count) memcpy(past->ids, ids, count * sizeof *ids);
    past->adapted = adapted;
}

void past_release(struct past *past)
{
    kv_cache_release(&past->cache, &past->store);
    leaf_store_release(&past->store);
    mem_free(past->ids);
    *past = (struct past){0};
}
