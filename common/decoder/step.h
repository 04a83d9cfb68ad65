/* One batch through the model: forward, and backward to the gradients of what is trained.
 *
 * All its memory is one block whose size is known beforehand. Activations of the upper layers are
 * kept as far as a budget allows, those of the others are computed a second time on the way back;
 * the result is the same. */
#ifndef DECODER_STEP_H
#define DECODER_STEP_H

#include "decoder/batch.h"
#include "decoder/decoder.h"
#include "ops/logprob.h"

struct step_plan {
    size_t rows, scored; /* the most of a batch */
    bool backward;       /* or scores only */
    bool dropout;
    const struct decoder
        *reference; /* what step_divergence will be given; NULL: it is not called */
    size_t beside;  /* bytes of the budget that the caller takes for what goes with it */
    size_t kept;    /* layers whose activations stay */
    size_t bytes;   /* of the whole block */
};

/* All but the last two are given, and the adapter is on; finds how many layers can be kept in so
 * many bytes. False when not even none. Weights are not counted: they are mapped. */
bool step_plan(const struct decoder *decoder, struct step_plan *plan, size_t budget,
               struct err *err);

/* The smallest budget that does. */
size_t step_least(const struct decoder *decoder, const struct step_plan *plan);

struct step;
struct step *step_new(const struct decoder *decoder, const struct step_plan *plan);
void step_free(struct step *step); /* NULL is allowed */

/* How a batch is to be computed. */
struct step_mode {
    bool adapted;  /* with the adapter; without, it is the reference model */
    bool keep;     /* step_backward follows */
    float dropout; /* of the adapter's inputs, with a seed and a number that no other call has */
    uint64_t seed, call;
};

/* logp gets the log-probability of each scored token, facts (unless NULL) what else is wanted of
 * the logits it was computed from. The batch must be one that batch_check let pass and within the
 * plan. */
void step_forward(struct step *step, const struct batch *batch, const struct step_mode *mode,
                  double *logp, const struct row_facts *facts);

/* After a kept forward with the same batch: adds to the gradients. dlogp: of what is minimised, by
 * each log-probability. */
void step_backward(struct step *step, const struct batch *batch, const float *dlogp);

/* The rows [T, hidden] that left the last layer at the last forward, and their distance. */
const float *step_rows(const struct step *step, size_t *ld);

/* Copies those that were scored, in their order, to out: [scored, hidden] without gaps. batch: that
 * of the last forward. */
void step_scored_rows(const struct step *step, const struct batch *batch, float *out);

/* How far the policy is from the reference: kl [count], in nats, of the distributions of the next
 * token that follow from rows (step_scored_rows) of both, each with its own norm and head. Both
 * have the same vocabulary; their widths may differ. */
void step_divergence(struct step *policy, const struct decoder *reference, size_t count,
                     const float *rows, const float *reference_rows, double *kl);

#endif
