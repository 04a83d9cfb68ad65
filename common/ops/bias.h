/* The same row added to each:
 *
 *     y_tj += b_j,  db_j += sum over t of dy_tj
 */
#ifndef OPS_BIAS_H
#define OPS_BIAS_H

#include "machine/team.h"

void bias_forward(struct team *team, size_t T, size_t N, const float *b, float *y, size_t ldy);
void bias_backward(struct team *team, size_t T, size_t N, const float *dy, size_t lddy, float *db);

#endif
