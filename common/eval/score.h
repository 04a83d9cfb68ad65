/* How likely a model holds each answer of a test set, with its adapter and without, and how far its
 * choice of each token is from the one without.
 *
 * Pairs go through the model in batches. A row of a batch does not depend on the others, so the
 * scores depend neither on how large batches are nor on how many threads there are. */
#ifndef EVAL_SCORE_H
#define EVAL_SCORE_H

#include "decoder/decoder.h"
#include "examples/examples.h"

/* Sums of the tokens' log-probabilities, chosen first; all 0 for a pair that was dropped. */
struct score {
    double policy[2];
    double reference[2]; /* the same where there is no adapter */
    double kl[2];        /* of policy from reference, in nats, summed over the tokens */
};

struct scorer {
    struct decoder *decoder; /* the adapter is the one it has on */
    size_t batch_tokens;     /* at most, but that a pair is never cut; fewer where memory lacks */
    size_t memory;           /* bytes for the work, beside the weights */

    struct score *scores; /* one for each pair of the test set */
    uint64_t rows;        /* that went through the model */
};

/* False when there is nothing to score, too little memory, or a score is not finite. */
bool scorer_run(struct scorer *scorer, struct examples *examples, struct err *err);
void scorer_release(struct scorer *scorer);

#endif
