/* AdamW: each parameter moves by the mean of its gradients over the root of the mean of their
 * squares, and those that decay shrink a little beside.
 *
 *     t += 1,  g = gradient * factor
 *     m += (1 - beta1) (g - m)
 *     v  = beta2 v + (1 - beta2) g^2
 *     p -= rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon) + rate weight_decay p
 *
 * as torch's fused kernel has it in floats, but that the two parts of the last line are added up
 * before they are taken from p: with small rates a decay alone would be lost in rounding. */
#ifndef OPTIMIZER_ADAMW_H
#define OPTIMIZER_ADAMW_H

#include "adapter/parameters.h"
#include "core/err.h"
#include "machine/team.h"

struct adamw {
    double beta1, beta2, epsilon, weight_decay;
    float *m, *v;   /* of the parameters' size and layout; what fills the gaps stays 0 */
    uint64_t steps; /* taken: with m and v all that a checkpoint needs */
};

/* Begins with m and v all 0 and transformers' settings, 0.9, 0.999, 1e-8 and no decay, which the
 * caller may change before the first step. */
void adamw_init(struct adamw *adamw, const struct parameters *parameters);
void adamw_release(struct adamw *adamw);

bool adamw_check(const struct adamw *adamw, struct err *err); /* the settings */

/* Moves the values by the gradients, which are read as if they were multiplied by the factor. */
void adamw_step(struct team *team, struct adamw *adamw, struct parameters *parameters,
                double learning_rate, double gradient_factor);

#endif
