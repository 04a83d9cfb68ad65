/* Elements left out by chance, the others made larger by as much:
 *
 *     y_tj = m_tj x_tj / (1 - p),  dx_tj += m_tj dy_tj / (1 - p)
 *     m_tj = 0 with probability p, else 1
 *
 * The mask is no state but a function of the seed, the call, the row and the column: the backward
 * pass makes it again, and neither threads nor vectors change it. */
#ifndef OPS_DROPOUT_H
#define OPS_DROPOUT_H

#include "machine/team.h"

#include <stdint.h>

struct dropout {
    float p; /* 0 <= p < 1 */
    uint64_t seed;
    uint64_t call; /* names the update, micro-batch and module that draw */
};

/* y may be x. */
void dropout_forward(struct team *team, const struct dropout *dropout, size_t T, size_t N,
                     const float *x, size_t ldx, float *y, size_t ldy);
void dropout_backward(struct team *team, const struct dropout *dropout, size_t T, size_t N,
                      const float *dy, size_t lddy, float *dx, size_t lddx);

#endif
