/* How far a policy went from its reference, measured in other ways than by the log of the ratio:
 *
 *     r = log p - log q                a text by the policy, p, and by the reference, q
 *     reverse_kl         s = r
 *     forward_kl         s = 1 - exp(-r)
 *     js_divergence      s = log 2 + log sigma(r)
 *     alpha_divergence   s = (exp(c r) - 1) / c,  c = alpha - 1;  r where |c| < 1e-6
 *
 * All are 0 with slope 1 (js_divergence: 1/2) where p = q. The exponent of alpha_divergence goes no
 * further than 80, and the slope is 0 beyond. */
#ifndef LOSS_DIVERGENCE_H
#define LOSS_DIVERGENCE_H

enum divergence { REVERSE_KL, FORWARD_KL, JS_DIVERGENCE, ALPHA_DIVERGENCE, DIVERGENCES };

extern const char *const divergence_names[DIVERGENCES]; /* as --f-divergence spells them */

/* s and ds/dr. */
double divergence_score(enum divergence divergence, double alpha, double r, double *slope);

#endif
