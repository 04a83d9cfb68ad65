/* The product for a few rows, as in generation: the matrix is read once, straight from its stored
 * format, at the speed of memory. Activations and sums are float; a row of the result depends on
 * that row of x alone, bit for bit, but may differ from gemm_forward's in its last bits. With
 * PRECISION_BF16 x may be rounded to bf16 where that is faster, for a matrix that is stored in
 * it. */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "gemm/kernel.h"
#include "machine/team.h"

/* y[M, w->rows] = x[M, w->cols] w^T, or += with add. */
void stream_product(struct team *team, enum precision precision, const struct matrix *w, size_t M,
                    const float *x, size_t ldx, float *y, size_t ldy, bool add);

#endif
