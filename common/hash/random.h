/* MT19937, drawn from as numpy's RandomState draws, so that a seed means the same here and
 * there. */
#ifndef HASH_RANDOM_H
#define HASH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint32_t state[624];
    size_t used;
};

void random_init(struct random *random, uint32_t seed);
uint32_t random_u32(struct random *random);

/* Even over 0..max, max included: the smallest covering bit mask, drawn again until it fits. */
size_t random_upto(struct random *random, size_t max);

/* Even over [0, 1) with 53 bits. */
double random_unit(struct random *random);

/* Fills out with 0..count-1 in random order: numpy's permutation(count). */
void random_permutation(struct random *random, size_t *out, size_t count);

#endif
