/* The losses on pairs, one row for each kind: a value and its slopes by the scores of the chosen
 * and the rejected answer, s[0] and s[1]; x = beta (s[0] - s[1]), e is the label smoothing, sigma
 * the logistic function, n the lengths:
 *
 *     sigmoid        -(1 - e) log sigma(x) - e log sigma(-x)
 *     hinge          max(0, 1 - x)
 *     ipo            (s[0] / n[0] - s[1] / n[1] - 1 / (2 beta))^2
 *     exo_pair       sigma(x) log (sigma(x) / (1 - e)) + sigma(-x) log (sigma(-x) / e)
 *     nca_pair       -log sigma(b0) - log sigma(-b0) / 2 - log sigma(-b1) / 2,  b = beta s
 *     robust         (-(1 - e) log sigma(x) + e log sigma(-x)) / (1 - 2 e)
 *     bco_pair       -log sigma(b0) - log sigma(-b1)
 *     sppo_hard      (s[0] - 1 / (2 beta))^2 + (s[1] + 1 / (2 beta))^2
 *     aot            sigmoid of margins: the policy's in order against the reference's in order
 *     aot_unpaired   sigmoid of scores: the chosen ones in order against the rejected ones in order
 *     apo_zero       sigma(-b0) + sigma(b1)
 *     apo_down       sigma(b0) + sigma(-x)
 *     discopop       -(1 - m) log sigma(x) + m exp(-x),  m = sigma(x / tau)
 *     sigmoid_norm   -log sigma(beta (s[0] / n[0] - s[1] / n[1])) */
#ifndef LOSS_FORMULA_H
#define LOSS_FORMULA_H

#include "loss/loss.h"

/* What the two scores of a formula belong to. */
enum formula_order {
    ORDER_PAIRS,   /* to one pair */
    ORDER_MARGINS, /* to pairs of the same rank by margin: policy, reference */
    ORDER_SIDES    /* to answers of the same rank by r: chosen, rejected */
};

struct scores {
    double s[2];
    double lengths[2];
};

struct formula {
    const char *name;
    /* Slopes by s go to ds. NULL: this loss is on tokens. */
    double (*value)(const struct loss *loss, const struct scores *scores, double ds[2]);
    enum formula_order order;
    bool smooths;  /* knows label smoothing */
    bool diverges; /* may score by another divergence than reverse_kl */
};

extern const struct formula formulas[LOSSES]; /* by enum loss_kind */

#endif
