/* Products of activations with frozen matrices in any stored format, which is unpacked panel by
 * panel on the way and never as a whole.
 *
 * Activations come in the precision's own type: float, or bf16 (gemm_narrow makes those). Sums are
 * float. A row of the result depends on that row of x alone, bit for bit. */
#ifndef GEMM_GEMM_H
#define GEMM_GEMM_H

#include "gemm/kernel.h"
#include "machine/team.h"

struct gemm {
    const struct kernel *kernel;
    struct team *team; /* borrowed */
};

void gemm_init(struct gemm *gemm, enum precision precision, struct team *team);

/* Elements from row to row that suit the caches, for rows of n. */
size_t gemm_ld(size_t n);

/* x for the products: x itself in fp32, else its rows rounded into narrow, gemm_ld(n) apart. Sets
 * *ld. */
const void *gemm_narrow(const struct gemm *gemm, size_t rows, size_t n, const float *x, size_t ldx,
                        bf16 *narrow, size_t *ld);

/* y[M, w->rows] = x[M, w->cols] w^T, or += with add. */
void gemm_forward(const struct gemm *gemm, const struct matrix *w, size_t M, const void *x,
                  size_t ldx, float *y, size_t ldy, bool add);

/* dx[M, w->cols] = dy[M, w->rows] w, or += with add. */
void gemm_backward(const struct gemm *gemm, const struct matrix *w, size_t M, const void *dy,
                   size_t lddy, float *dx, size_t lddx, bool add);

#endif
