/* Causal attention over trees, with groups of query heads that share a key and value head:
 *
 *     s_ij = q_i k_j / sqrt(D),  p_ij = exp(s_ij) / sum over visible j',  o_i = sum p_ij v_j
 *
 * j is visible to i when the layout says so and, with a window W, its position is within the last W
 * up to i's own. Backward: with delta_i = do_i o_i,
 *
 *     dv_j += sum p_ij do_i,  ds_ij = p_ij (do_i v_j - delta_i),  dq_i += ds_ij k_j / sqrt(D), ...
 */
#ifndef ATTENTION_ATTENTION_H
#define ATTENTION_ATTENTION_H

#include "attention/layout.h"
#include "gemm/gemm.h"

struct attention {
    size_t H, K, D; /* query heads, key and value heads, dimensions of each */
    size_t window;  /* 0: none */
};

/* A row of q and o holds H heads, of k and v K heads. sums[rows][H] gets log sum exp of each row's
 * scores, for the backward pass. */
void attention_forward(const struct gemm *gemm, const struct attention *shape,
                       const struct layout *layout, const float *q, size_t ldq, const float *k,
                       const float *v, size_t ldk, float *o, size_t ldo, float *sums);

/* Adds to dq, dk and dv. */
void attention_backward(const struct gemm *gemm, const struct attention *shape,
                        const struct layout *layout, const float *q, size_t ldq, const float *k,
                        const float *v, size_t ldk, const float *o, const float *dout, size_t ldo,
                        const float *sums, float *dq, float *dk, float *dv);

#endif
