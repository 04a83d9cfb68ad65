/* The two halves of the backward pass: one owns the gradients of a tile of queries, the other those
 * of a tile of keys and values; each computes the probabilities anew. So no sum is shared between
 * threads. Where there are trees enough, one thread takes all tiles of keys of a tree in turn and
 * adds to the queries' gradients on the way, which saves the first half: by the same sums in the
 * same order, so that it does not change a bit. */
#ifndef ATTENTION_HALVES_H
#define ATTENTION_HALVES_H

#include "attention/work.h"

struct backward {
    struct attention_work queries, keys; /* the same but for their tiles */
    const float *q, *k, *v, *o, *dout, *sums;
    size_t ldq, ldk, ldo;
    float *dq, *dk, *dv; /* may be NULL */
    bool whole;          /* tiles of keys add to dq, too */
};

enum { BACKWARD_QUERIES = 384, BACKWARD_KEYS = 384 }; /* most operand rows of a tile */

void backward_queries(const struct backward *run, const struct tile *tile, size_t head,
                      size_t thread);
void backward_keys(const struct backward *run, const struct tile *tile, size_t head, size_t thread);

#endif
