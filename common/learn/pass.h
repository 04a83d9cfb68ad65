/* One microbatch through the policy: the log-probabilities of its answers, the loss by them, the
 * gradient of what is trained, and what is logged of it.
 *
 * What goes through the model at once is a slice: as many examples as have PASS_ROWS rows together,
 * or one; all of them where the loss compares them with each other. Slices follow from the examples
 * alone, not from memory or threads, so the sums of the gradients have one order. */
#ifndef LEARN_PASS_H
#define LEARN_PASS_H

#include "learn/policy.h"
#include "learn/reference.h"
#include "learn/tally.h"
#include "loss/loss.h"

#define PASS_ROWS 2048

struct pass {
    struct policy *policy; /* borrowed, as the next two */
    struct examples *examples;
    const struct reference *reference; /* NULL in SFT */
    struct loss loss;                  /* unless SFT */

    struct batch batch;
    struct loss_pair *pairs; /* of a slice, as all below */
    struct loss_row *rows;
    double *logp, *reference_logp;
    struct row_facts facts;
    float *dlogp;
};

struct pass_mode {
    bool train;   /* or only look */
    double share; /* of the microbatch's loss in what is minimised; SFT: of each token */
    float dropout;
    uint64_t seed, call; /* of the dropout; a call for each example, from this one on */

    /* Told of each slice after it went forward, when nothing is trained; or NULL. */
    bool (*look)(void *context, struct pass *pass, struct err *err);
    void *context;
};

/* What came of one microbatch. */
struct pass_result {
    double loss;  /* its part of what is minimised: share times loss */
    size_t worst; /* the example whose numbers are not finite, if the loss is not; or SIZE_MAX */
    struct tally_part part;
};

/* The most rows and scored tokens of a slice of this microbatch, if these are more. Examples,
 * reference and loss must be set. */
void pass_measure(const struct pass *pass, const size_t *picked, size_t count, size_t *rows,
                  size_t *scored);

/* Room for slices of so many scored tokens and examples. */
void pass_init(struct pass *pass, size_t scored, size_t count);
size_t pass_bytes(const struct pass *pass, size_t scored, size_t count); /* that it will take */
bool pass_run(struct pass *pass, const size_t *picked, size_t count, const struct pass_mode *mode,
              struct pass_result *result, struct err *err);
void pass_release(struct pass *pass);

#endif
