/* The gradients of an update, summed over its shards in a tree whose shape is that of a binary
 * counter: two sums of 1 make one of 2, two of 2 one of 4; what is left at the end is added up from
 * the smallest to the largest. The same in other words: the sum of n shards is that of the first p,
 * the largest power of two below n, plus that of the others.
 *
 * So the bits depend on the number of shards alone. Machines that each sum a run of 2^k shards in
 * a row (the last one what is left), and whose sums are summed likewise, get the same ones. */
#ifndef OPTIMIZER_GRADIENT_SUM_H
#define OPTIMIZER_GRADIENT_SUM_H

#include "adapter/parameters.h"
#include "machine/team.h"

struct gradient_sum {
    const struct parameters *parameters; /* borrowed */
    size_t most, shards, taken;
    size_t depth;       /* sums on the stack */
    float *sums[64];    /* made when they are first needed */
    size_t weights[64]; /* shards in each, falling */
};

/* most: the shards of any update. */
void gradient_sum_init(struct gradient_sum *sum, const struct parameters *parameters, size_t most);
void gradient_sum_release(struct gradient_sum *sum);

/* The memory that will be used at most, beside the parameters' own: log2(most) arrays. */
size_t gradient_sum_bytes(const struct parameters *parameters, size_t most);

/* Begins an update of so many shards, at least 1: the gradients are 0 after it. */
void gradient_sum_begin(struct team *team, struct gradient_sum *sum, size_t shards);

/* After each shard has left its gradients in the parameters: they are 0 again for the next one, and
 * after the last one they are the sum of all. */
void gradient_sum_take(struct team *team, struct gradient_sum *sum);

#endif
