/* How likely each row's token is by the row's logits z, [T, V]:
 *
 *     logp_t = z_{t, ids_t} - lse_t,  lse_t = log sum over j of exp z_tj
 *
 *     dz_tj = dlogp_t (1[j = ids_t] - exp(z_tj - lse_t))
 *
 * Logits fill most of the memory there is: the gradient takes their place, so it is not added. */
#ifndef OPS_LOGPROB_H
#define OPS_LOGPROB_H

#include "machine/team.h"

#include <stdint.h>

/* logp, lse and mean, that of the row's logits, are [T]; the last two may be NULL. */
void logprob_forward(struct team *team, size_t T, size_t V, const float *z, size_t ldz,
                     const uint32_t *ids, double *logp, double *lse, double *mean);

/* z: logits before, dz after. dlogp [T]: NULL says all 1. */
void logprob_backward(struct team *team, size_t T, size_t V, float *z, size_t ldz,
                      const uint32_t *ids, const double *lse, const float *dlogp);

/* kl_t = sum over j of p_tj (log p_tj - log q_tj) in nats, p of z and q of z_ref. Logits are finite. */
void logprob_divergence(struct team *team, size_t T, size_t V, const float *z, const float *z_ref,
                        size_t ldz, double *kl);

#endif
