/* What happens when the policy drifts too far from the reference.
 *
 * Each evaluation whose KL is over the limit is a violation, and the n-th violation takes the n-th
 * of the actions; the last one serves all later ones. One evaluation takes one action.
 *
 *   halve-lr    the schedule is scaled by rate_factor, which is halved; after 20 times the next
 *               different action is taken
 *   raise-beta  beta times 1.5; at its bound (beta.h) the next different action is taken
 *   rollback    back to the last checkpoint whose evaluation was not over the limit; stop where
 *               there is none
 *   stop        the run ends, and its caller with status 3
 *
 * Going back restores what the checkpoint holds - weights, optimiser, data order, beta - but
 * neither rate_factor nor the count of violations. From one checkpoint at one rate_factor a run
 * takes the same steps each time, so a rollback that would repeat them is passed over for the next
 * different action, too. Where no action is left the run stops, and says why. */
#ifndef CONTROL_KL_H
#define CONTROL_KL_H

#include "control/beta.h"

#include <stddef.h>

enum kl_action { KL_STOP, KL_HALVE_RATE, KL_RAISE_BETA, KL_ROLLBACK, KL_ACTIONS };

#define KL_ACTION_LIMIT 16

struct kl_control {
    double limit; /* 0: none */
    enum kl_action actions[KL_ACTION_LIMIT];
    size_t count; /* 0: stop */

    uint64_t violations;
    double rate_factor; /* of the whole schedule */

    bool marked; /* there is a checkpoint to go back to */
    uint64_t mark_step;
    double mark_kl, mark_beta;
    double mark_factor; /* rate_factor when steps were last taken from there */
};

struct kl_decision {
    enum kl_action action;
    uint64_t step, violation;
    double kl, limit;
    double before, after; /* rate_factor (halve-lr), beta (raise-beta, rollback), else 0 */
    uint64_t back_to;     /* the checkpoint's step (rollback), else 0 */
    char words[480];
};

void kl_init(struct kl_control *control, double limit);
const char *kl_action_name(enum kl_action action);

/* The next violation's action, by name. */
bool kl_add_action(struct kl_control *control, const char *name, struct err *err);

/* True for an evaluation over the limit, or whose KL is not a number; rate_factor and beta are what
 * was decided then. After a rollback to back_to the caller loads that checkpoint and writes it
 * again with what kl_save gives now, so that a run killed later does not forget the violation. */
bool kl_check(struct kl_control *control, struct beta *beta, uint64_t step, double kl,
              struct kl_decision *decision);

/* Is the last evaluation, whose state is the result, within the limit? Else err says so. */
bool kl_check_last(const struct kl_control *control, uint64_t step, double kl, struct err *err);

/* A checkpoint is about to be written, after kl_check and beta_follow: kl is of the evaluation at
 * this step, NAN where there was none. The caller keeps the marked one when it removes old ones. */
void kl_mark(struct kl_control *control, const struct beta *beta, uint64_t step, double kl);

/* Is a rollback among the actions? Then checkpoints of evaluations under the limit are needed. */
bool kl_may_roll_back(const struct kl_control *control);

/* Do the actions hold a rollback before anything that would change the steps? */
bool kl_only_repeats(const struct kl_control *control);

json_t *kl_save(const struct kl_control *control); /* what changes; the caller owns it */
bool kl_load(struct kl_control *control, const json_t *saved, struct err *err); /* after kl_init */

#endif
