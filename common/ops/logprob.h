/* How likely each row's token is by the row's logits z, [T, V]:
 *
 *     logp_t = z_{t, ids_t} - lse_t,  lse_t = log sum over j of exp z_tj
 *
 *     dz_tj = dlogp_t (1[j = ids_t] - exp(z_tj - lse_t))
 *
 * Logits fill most of the memory there is: the gradient takes their place, so it is not added.
 *
 * With p_tj = exp(z_tj - lse_t), the entropy of a row is - sum over j of p_tj log p_tj, in nats. */
#ifndef OPS_LOGPROB_H
#define OPS_LOGPROB_H

#include "machine/team.h"

#include <stdint.h>

/* What else is to be known of each row; [T] each, NULL where it is not wanted. */
struct row_facts {
    double *mean;        /* of the logits */
    double *entropy;     /* of p */
    double *square;      /* log sum over j of p_j^2 */
    unsigned char *best; /* 1 where the token is the likeliest, of equal ones the first; else 0 */
};

/* The facts from row t on; those of NULL are NULL's. */
struct row_facts row_facts_at(const struct row_facts *facts, size_t t);

/* logp and lse are [T]; lse and facts may be NULL. Neither changes by what facts are wanted. */
void logprob_forward(struct team *team, size_t T, size_t V, const float *z, size_t ldz,
                     const uint32_t *ids, double *logp, double *lse, const struct row_facts *facts);

/* z: logits before, dz after. dlogp [T]: NULL says all 1. */
void logprob_backward(struct team *team, size_t T, size_t V, float *z, size_t ldz,
                      const uint32_t *ids, const double *lse, const float *dlogp);

/* kl_t = sum over j of p_tj (log p_tj - log q_tj) in nats, p of z and q of z_ref. Logits are
 * finite. */
void logprob_divergence(struct team *team, size_t T, size_t V, const float *z, const float *z_ref,
                        size_t ldz, double *kl);

#endif
