/* Which evaluation is the best so far, and whether it is time to stop.
 *
 * Margin and accuracy are better when larger, loss when smaller. An evaluation counts only where
 * its value is finite and its KL is not over the limit; the first that counts is the best, later
 * ones must be strictly better. Where beta changed in between, margins are compared per unit of
 * beta, for a margin is beta times what the model did.
 *
 * Early stopping is that of transformers: patience evaluations in a row which are not better than
 * the best before them by more than the threshold. One that does not count is one of those. */
#ifndef CONTROL_BEST_H
#define CONTROL_BEST_H

#include "core/err.h"

#include <jansson.h>
#include <stdint.h>

/* What the evaluation after so many updates measured; NAN for what it did not. */
struct evaluation {
    uint64_t step;
    double loss, accuracy, margin; /* eval_loss, eval_rewards/accuracies, eval_rewards/margins */
    double kl;
    double beta;                     /* in use at that time */
    double chosen, reference_chosen; /* logps/chosen, of the policy and of the reference */
};

enum best_by { BEST_MARGIN, BEST_ACCURACY, BEST_LOSS, BEST_KINDS };

struct best {
    enum best_by by;
    double kl_limit;   /* 0: none */
    uint64_t patience; /* evaluations; 0: no early stopping */
    double threshold;

    bool found;
    uint64_t step;           /* of the best */
    double metric, beta, kl; /* of the best, as they were measured */
    uint64_t waited;         /* evaluations without improvement: transformers' patience counter */
    bool measured;           /* was there any KL? */
    double lowest_kl;
    uint64_t lowest_kl_step;
};

struct best_verdict {
    bool improved; /* this evaluation is the new best: save it */
    bool stop;     /* patience is at its end */
    char words[256];
};

const char *best_metric_name(enum best_by by); /* as in trainer_state: 'eval_rewards/margins' */

void best_init(struct best *best, enum best_by by, double kl_limit, uint64_t patience,
               double threshold);
void best_take(struct best *best, const struct evaluation *evaluation,
               struct best_verdict *verdict);

/* Why there is no best at the end of a run: fills err and returns false; true where there is. */
bool best_check(const struct best *best, struct err *err);

json_t *best_save(const struct best *best); /* what changes; the caller owns it */
bool best_load(struct best *best, const json_t *saved, struct err *err); /* after best_init */

#endif
