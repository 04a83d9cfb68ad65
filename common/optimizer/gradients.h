/* What is done to all gradients at once: their norm, the factor that keeps a step short, sums.
 *
 * Work is cut into pieces of fixed size and sums are taken in an order that is fixed by the size of
 * the array alone, in plain C: neither threads nor the CPU change a bit. */
#ifndef OPTIMIZER_GRADIENTS_H
#define OPTIMIZER_GRADIENTS_H

#include "adapter/parameters.h"
#include "machine/team.h"

/* The square root of the sum of all squares, in double, where no square overflows: it is not finite
 * only where a gradient is not. Whoever steps must look. */
double gradients_norm(struct team *team, const struct parameters *parameters);

/* What gradients are multiplied by so that their norm is at most max: min(1, max / (norm + 1e-6)),
 * as torch clips. 1 where max is 0, which is off. */
double gradients_factor(double norm, double max);

void gradients_clear(struct team *team, float *x, size_t size);
void gradients_copy(struct team *team, const float *from, float *to, size_t size);
void gradients_add(struct team *team, const float *from, float *to, size_t size); /* to += from */

#endif
