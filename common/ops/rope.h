/* Positions as rotations: in each head of D the pair (x_j, x_{j + D/2}) is turned by the angle
 * position * frequency_j,
 *
 *     x_j' = x_j cos - x_{j + D/2} sin,  x_{j + D/2}' = x_{j + D/2} cos + x_j sin
 *
 * with cos and sin times an amplitude (1, but for some ways to longer contexts). Backward turns the
 * other way round. */
#ifndef OPS_ROPE_H
#define OPS_ROPE_H

#include "machine/team.h"

struct rope_table {
    size_t D, positions;
    float *cosine, *sine; /* [positions][D / 2] */
};

/* frequencies: [D / 2]. */
void rope_table_init(struct rope_table *table, size_t D, size_t positions,
                     const double *frequencies, double amplitude);
void rope_table_release(struct rope_table *table);

/* Turns the T rows of x in place: heads of D each, one after the other, at positions [T], each
 * below the table's. */
void rope_forward(struct team *team, const struct rope_table *table, size_t T, size_t heads,
                  const size_t *positions, float *x, size_t ldx);

/* Makes the gradient by what came out into the one by what went in, in place: nothing is added. */
void rope_backward(struct team *team, const struct rope_table *table, size_t T, size_t heads,
                   const size_t *positions, float *dx, size_t lddx);

#endif
