/* How strongly the policy is held to the reference, where that changes during a run.
 *
 * With a target, beta follows the KL of each evaluation after the warm-up: above the target it
 * grows by a tenth, below half of it it shrinks by a tenth. Whatever changes it, it stays between
 * a quarter of what it was first and four times that. */
#ifndef CONTROL_BETA_H
#define CONTROL_BETA_H

#include "core/err.h"

#include <jansson.h>
#include <stdint.h>

#define BETA_SPAN 4

struct beta {
    double first;
    double target;   /* the KL to aim at; 0: beta does not follow it */
    uint64_t warmup; /* updates before it may follow */

    double now;
    bool changed; /* ever */
    uint64_t changed_step;
};

struct beta_change {
    double before, after;
    char words[128]; /* 'step 200: KL 0.04 is below half of the target of 0.1: beta 0.1 -> 0.09' */
};

void beta_init(struct beta *beta, double first, double target, uint64_t warmup);

/* After the evaluation that follows so many updates: true where beta changes. It changes once an
 * evaluation: not where beta_scale did already at this step. */
bool beta_follow(struct beta *beta, uint64_t step, double kl, struct beta_change *change);

/* beta times factor, within the bounds: false where it stands at its bound already. */
bool beta_scale(struct beta *beta, uint64_t step, double factor);

/* Back to a value that it had after that step. */
void beta_restore(struct beta *beta, uint64_t step, double value);

json_t *beta_save(const struct beta *beta); /* what changes; the caller owns it */
bool beta_load(struct beta *beta, const json_t *saved, struct err *err); /* after beta_init */

#endif
