/* One update of what is trained: the gradients of some microbatches, summed up, clipped, and a step
 * of the optimiser.
 *
 * The gradients of the microbatches are summed in a balanced tree whose shape depends on their
 * number alone (optimizer/gradient_sum), so that machines which each compute some of them would
 * come to the same bits. */
#ifndef LEARN_UPDATE_H
#define LEARN_UPDATE_H

#include "learn/feed.h"
#include "learn/pass.h"
#include "optimizer/adamw.h"
#include "optimizer/gradient_sum.h"

struct updater {
    struct pass pass;
    struct feed feed;
    double max_norm; /* of the gradient; 0: it is never clipped */
    float dropout;   /* of the adapter's input */
    uint64_t seed;   /* of the dropout */

    struct adamw adamw;
    struct gradient_sum sum;
};

struct update {
    double loss;      /* mean over the microbatches; SFT: over the tokens */
    double norm;      /* of the gradient, before it is clipped */
    uint64_t tokens;  /* as TRL counts them: both answers with the prompt */
    uint64_t targets; /* scored ones */
    struct tally tally;
};

/* All but the last two are set, the pass as far as pass_init wants it. adamw: settings alone. */
void updater_init(struct updater *updater, const struct adamw *adamw);
size_t updater_bytes(const struct updater *updater, size_t scored); /* that it will take */

/* Update number step, from 0, at that rate. False when a number is not finite: then nothing was
 * changed. */
bool updater_run(struct updater *updater, uint64_t step, double rate, struct update *update,
                 struct err *err);
void updater_release(struct updater *updater);

#endif
