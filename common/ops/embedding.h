/* The vector of each token:
 *
 *     y_t = w_{ids_t},  dw_{ids_t} += dy_t
 */
#ifndef OPS_EMBEDDING_H
#define OPS_EMBEDDING_H

#include "machine/team.h"
#include "tensor/matrix.h"

/* y: [T, w->cols]; each of ids [T] is below w->rows. */
void embedding_forward(struct team *team, const struct matrix *w, size_t T, const uint32_t *ids,
                       float *y, size_t ldy);

/* dw: [vocabulary, N]. */
void embedding_backward(size_t T, size_t N, const uint32_t *ids, const float *dy, size_t lddy,
                        float *dw);

#endif
