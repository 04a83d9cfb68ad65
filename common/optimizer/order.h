/* The order in which an epoch sees the records: the one transformers' Trainer draws from the same
 * seed, so that runs can be compared batch by batch. */
#ifndef OPTIMIZER_ORDER_H
#define OPTIMIZER_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* Fills out with 0..count-1 as torch's randperm does with a generator seeded with seed + epoch
 * (epoch from 0); the seed's lowest 32 bits count. From some 200 million records on torch draws in
 * another way, and this order is another one. */
void order_epoch(uint64_t seed, uint64_t epoch, size_t count, size_t *out);

#endif
