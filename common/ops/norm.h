/* Each row divided by its root mean square, each column weighed:
 *
 *     y_tj = rho_t x_tj w_j,  rho_t = 1 / sqrt(sum over j x_tj^2 / N + eps)
 *
 *     dw_j += sum over t of rho_t x_tj dy_tj
 *     dx_tj += rho_t (w_j dy_tj - x_tj rho_t^2 / N sum over k of w_k dy_tk x_tk)
 *
 * x, y are [T, N], ldx and ldy floats apart from row to row; w is [N]. */
#ifndef OPS_NORM_H
#define OPS_NORM_H

#include "machine/team.h"

/* rho [T] is for the backward pass, or NULL. y may be x. */
void norm_forward(struct team *team, size_t T, size_t N, float eps, const float *x, size_t ldx,
                  const float *w, float *y, size_t ldy, float *rho);

/* dx, dw: NULL where they are not wanted. */
void norm_backward(struct team *team, size_t T, size_t N, const float *x, size_t ldx,
                   const float *w, const float *rho, const float *dy, size_t lddy, float *dx,
                   size_t lddx, float *dw);

#endif
