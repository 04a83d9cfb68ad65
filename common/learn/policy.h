/* What is trained and what it is compared with, ready to compute: the policy is a model with an
 * adapter on it, or all of a model's weights; the reference is the same model without the adapter,
 * with the adapter that training began with, or a model of its own. */
#ifndef LEARN_POLICY_H
#define LEARN_POLICY_H

#include "decoder/step.h"
#include "decoder/whole.h"

struct policy {
    struct decoder decoder;
    struct adapter adapter;        /* what is trained, unless all weights are */
    struct parameters weights;     /* all of them, where they are */
    struct parameters *parameters; /* what is trained: in one of the two above */

    const struct adapter *start; /* the reference is with this adapter; or NULL */
    struct decoder *frozen;      /* the reference is this model; or NULL. Both borrowed */

    struct step *step, *frozen_step;
    struct step_plan plan, frozen_plan;
    size_t bytes; /* all of the above, when it is ready */
};

/* The decoder is open and bare. The adapter is moved into the policy; NULL: all weights are
 * trained. start and frozen say what the reference is; it is the model without an adapter if both
 * are NULL. */
void policy_init(struct policy *policy, struct adapter *adapter, const struct adapter *start,
                 struct decoder *frozen);

/* Texts of so many positions; the most rows and scored tokens at once; dropout in training. */
struct policy_needs {
    size_t positions, rows, scored;
    bool dropout, compare; /* compare: policy_divergence is called */
};

/* What is trained, with its gradients, and the reference's adapter: that is held already. */
size_t policy_held(const struct policy *policy);

/* Plans for the least memory, so bytes says what is needed; then for so much, which is no less. */
void policy_plan(struct policy *policy, const struct policy_needs *needs);
void policy_spread(struct policy *policy, size_t memory);
void policy_ready(struct policy *policy); /* takes the memory that was planned */

void policy_forward(struct policy *policy, const struct batch *batch, const struct step_mode *mode,
                    double *logp, const struct row_facts *facts);
void policy_backward(struct policy *policy, const struct batch *batch, const float *dlogp);

/* By the reference. rows, unless NULL, gets what policy_divergence wants: [scored, hidden]. */
void policy_reference(struct policy *policy, const struct batch *batch, double *logp, float *rows);

/* The decoder to generate with, as the reference or as the policy, and whether its adapter is on.
 * The next forward pass is the policy's again only after it was asked for that way. */
struct decoder *policy_decoder(struct policy *policy, bool reference, bool *adapted);

/* What the policy's last forward left for policy_divergence. */
void policy_rows(const struct policy *policy, const struct batch *batch, float *rows);

/* kl of each scored token: of the policy's choice of the next token from the reference's. */
void policy_divergence(struct policy *policy, size_t count, const float *rows,
                       const float *reference_rows, double *kl);

size_t policy_width(const struct policy *policy); /* floats of a row */
void policy_release(struct policy *policy);

#endif
