/* Memory that is taken piece by piece and given back all at once. A slab without a block only
 * counts, so the same code that takes the pieces says beforehand how much they will be. */
#ifndef MACHINE_SLAB_H
#define MACHINE_SLAB_H

#include <stddef.h>

struct slab {
    char *block; /* NULL: counting */
    size_t used, size;
};

/* Gives a slab that has counted its block, of which nothing is used yet. */
void slab_fill(struct slab *slab);
void slab_release(struct slab *slab);

/* Aligned to 64, not cleared; NULL while counting. */
void *slab_take(struct slab *slab, size_t count, size_t size);
float *slab_floats(struct slab *slab, size_t count);

#endif
