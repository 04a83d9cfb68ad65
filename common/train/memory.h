/* What a run remembers between two updates, beside the parameters and the optimiser's moments: all
 * of it goes into a checkpoint, so that a run that goes on from there takes the same steps. */
#ifndef TRAIN_MEMORY_H
#define TRAIN_MEMORY_H

#include "control/best.h"
#include "control/beta.h"
#include "control/kl.h"
#include "control/watch.h"
#include "learn/tally.h"
#include "optimizer/plateau.h"

struct train_memory {
    uint64_t step;      /* updates done */
    uint64_t tokens;    /* TRL's num_tokens */
    double loss_sum;    /* of all updates */
    uint64_t evaluated; /* the step of the last evaluation; 0: none */
    double last_kl;     /* of that; NAN: not measured */
    uint64_t end;       /* enum train_end, once it is over; else 0 */

    /* Since the last line of the log. */
    uint64_t recent; /* updates */
    double recent_loss;
    struct tally tally;

    struct beta beta;
    struct kl_control kl;
    struct best best;
    struct watch watch;
    struct plateau plateau;
};

json_t *train_memory_save(const struct train_memory *memory);

/* Into a memory that was set up with the run's settings. */
bool train_memory_load(struct train_memory *memory, const json_t *json, struct err *err);

/* Goes back to what a checkpoint remembers, but for what a rollback leaves as it is: the factor of
 * the rate and the violations, the best and the watches. */
bool train_memory_roll_back(struct train_memory *memory, const json_t *json, struct err *err);

#endif
