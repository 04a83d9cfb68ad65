/* What goes wrong in a run, seen in its numbers while it goes on.
 *
 * A warning is given when what it tells of begins, and not again before that has ended and begun
 * anew, nor within a tenth of the run, 10 updates at least. What is not a number warns of nothing
 * here: the run itself must not go on with that. */
#ifndef CONTROL_WATCH_H
#define CONTROL_WATCH_H

#include "control/best.h"
#include "control/warning.h"

enum watch_kind {
    WATCH_GRADIENT_EXPLODES, /* norm before clipping above 10 */
    WATCH_GRADIENT_VANISHES, /* below 0.001 */
    WATCH_LOSS_SPIKE,        /* above three times the running mean, and 0.1 more than that mean */
    WATCH_NO_CONVERGENCE,    /* after a fifth of the updates: mean within 0.01 of the start */
    WATCH_OVERFITTING,       /* evaluation loss up twice while training loss falls */
    WATCH_CHOSEN_FALLS,      /* a tenth less likely, in log-probability, than to the reference */
    WATCH_MARGIN_EXPLODES,   /* above 10 */
    WATCH_ACCURACY_EARLY,    /* 1 before half of the updates */
    WATCH_MARGIN_FLAT, /* three evaluations after warm-up: margin / beta below 1, within 0.1 */
    WATCH_KL_NEAR,     /* above 0.8 of the limit, not over it */
    WATCH_KINDS
};

#define WATCH_HISTORY 3

struct watch {
    uint64_t total, warmup; /* updates */
    double kl_limit;        /* 0: none */

    double start;  /* loss before the first update; NAN: not known yet */
    double mean;   /* of the losses of the last updates, about 10 */
    uint64_t seen; /* updates in it */
    double sum;    /* of the losses since the last evaluation */
    uint64_t summed;
    uint64_t evaluations;
    double eval_losses[WATCH_HISTORY], losses[WATCH_HISTORY];   /* newest first; losses: means */
    double margins[WATCH_HISTORY], margin_steps[WATCH_HISTORY]; /* margins: by beta */

    bool active[WATCH_KINDS], said[WATCH_KINDS];
    uint64_t said_step[WATCH_KINDS];
};

/* start: the loss where policy and reference are one, or NAN: then the first update's. */
void watch_init(struct watch *watch, uint64_t total, uint64_t warmup, double kl_limit,
                double start);

/* After update number step: its loss, and the norm of its gradients before clipping. Adds to
 * warnings. */
void watch_update(struct watch *watch, uint64_t step, double loss, double norm,
                  struct warnings *warnings);
void watch_evaluation(struct watch *watch, const struct evaluation *evaluation,
                      struct warnings *warnings);

/* After a rollback: what was seen belongs to steps that are undone; what was said stays said. */
void watch_rewind(struct watch *watch);

json_t *watch_save(const struct watch *watch); /* what changes; the caller owns it */
bool watch_load(struct watch *watch, const json_t *saved, struct err *err); /* after watch_init */

#endif
