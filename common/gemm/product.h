/* Products of float matrices in memory, for what is trained: adapters, and gradients of weights.
 * All add to y. Sums are taken in an order that depends on K alone. */
#ifndef GEMM_PRODUCT_H
#define GEMM_PRODUCT_H

#include "machine/team.h"

/* y[M, N] += s x[M, K] w[N, K]^T */
void product_nt(struct team *team, size_t M, size_t N, size_t K, float s, const float *x,
                size_t ldx, const float *w, size_t ldw, float *y, size_t ldy);

/* y[M, N] += s x[M, K] w[K, N] */
void product_nn(struct team *team, size_t M, size_t N, size_t K, float s, const float *x,
                size_t ldx, const float *w, size_t ldw, float *y, size_t ldy);

/* y[M, N] += s x[K, M]^T w[K, N] */
void product_tn(struct team *team, size_t M, size_t N, size_t K, float s, const float *x,
                size_t ldx, const float *w, size_t ldw, float *y, size_t ldy);

#endif
