/* A run in the middle: an adapter with AdamW's averages, all of them odd numbers, and how its
 * checkpoints are written. */
#ifndef TESTS_UNIT_TRAINED_H
#define TESTS_UNIT_TRAINED_H

#include "adapter/adapter.h"
#include "train/checkpoint.h"

struct trained {
    struct adapter adapter;
    struct checkpoint checkpoint; /* its averages are owned */
};

/* Any floats that are finite, by a seed: 0 of both signs, the smallest and the largest among
 * them. */
void trained_init(struct trained *trained, const char *run, uint64_t seed);
void trained_release(struct trained *trained);

bool trained_same(const struct trained *a, const struct trained *b); /* bit for bit */

#endif
