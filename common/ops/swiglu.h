/* The gate of a feed-forward layer, from the projections p and u:
 *
 *     z = silu(p) u,  silu(p) = p s,  s = 1 / (1 + exp(-p))
 *
 *     du += dz p s,  dp += dz u s (1 + p (1 - s))
 *
 * All are [T, F]; p and u are ld floats apart from row to row, dp and du ldd. */
#ifndef OPS_SWIGLU_H
#define OPS_SWIGLU_H

#include "machine/team.h"

/* z may be p or u. */
void swiglu_forward(struct team *team, size_t T, size_t F, const float *p, const float *u,
                    size_t ld, float *z, size_t ldz);

void swiglu_backward(struct team *team, size_t T, size_t F, const float *p, const float *u,
                     size_t ld, const float *dz, size_t lddz, float *dp, float *du, size_t ldd);

#endif
