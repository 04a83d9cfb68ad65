/* The evaluation set through policy and reference: TRL's metrics, and the exact divergence of the
 * policy from the reference.
 *
 *     kl            mean over all scored tokens of KL(policy || reference) in nats, over the whole
 *                   vocabulary, both answers of all pairs together
 *     kl_sequence   its sum over an answer, as the mean over answers
 *
 * What the reference computes of the set is kept in memory as far as that is granted, and is
 * computed again beyond that. A few of its numbers are computed again each time in any case: they
 * must be the same bits, or the reference is not frozen. */
#ifndef LEARN_EVALUATOR_H
#define LEARN_EVALUATOR_H

#include "learn/pass.h"

struct evaluator {
    struct pass pass; /* examples: the set; policy, reference and loss as in training */
    size_t batch;     /* examples of a microbatch */
    size_t keep;      /* bytes for what the reference computed */

    float *kept; /* rows of the last layer, of the tokens before that one: */
    size_t tokens_kept;
    float *rows, *reference_rows; /* of a slice */
    double *kl;
    size_t *picked;
};

struct evaluated {
    double loss; /* mean over the examples of their microbatch's */
    struct tally tally;
    bool has_kl;
    double kl, kl_sequence;
    uint64_t tokens; /* that went through the model */
};

void evaluator_init(struct evaluator *evaluator, size_t scored);
size_t evaluator_bytes(const struct evaluator *evaluator, size_t scored); /* beside keep */

/* False when a number is not finite, or the reference has changed. */
bool evaluator_run(struct evaluator *evaluator, struct evaluated *result, struct err *err);
void evaluator_release(struct evaluator *evaluator);

#endif
