#include "machine/slab.h"

#include "core/memory.h"

#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>

void slab_fill(struct slab *slab)
{
    const size_t page = (size_t)2 << 20;

    assert(!slab->block);
    slab->size = slab->used;
    slab->used = 0;
    slab->block = mem_aligned(slab->size);
    /* Large pages where there are any: only a matter of speed. */
    if (slab->size > 2 * page) {
        const size_t skip = -(uintptr_t)slab->block & (page - 1);

        madvise(slab->block + skip, (slab->size - skip) & ~(page - 1), MADV_HUGEPAGE);
    }
}

void slab_release(struct slab *slab)
{
    mem_free(slab->block);
    *slab = (struct slab){0};
}

void *slab_take(struct slab *slab, size_t count, size_t size)
{
    char *at = slab->block ? slab->block + slab->used : NULL;

    slab->used += (mem_product(count, size) + 63) & ~(size_t)63;
    assert(!slab->block || slab->used <= slab->size);
    return at;
}

float *slab_floats(struct slab *slab, size_t count)
{
    return slab_take(slab, count, sizeof(float));
}
