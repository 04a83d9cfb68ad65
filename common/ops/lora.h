/* What an adapter of low rank adds to a linear layer:
 *
 *     h = x A^T,  y += scale h B^T
 *
 *     e = scale dy B,  dB += scale dy^T h,  dA += e^T x,  dx += e A
 *
 * x is [T, in], y [T, out], h and e [T, rank] without gaps. */
#ifndef OPS_LORA_H
#define OPS_LORA_H

#include "machine/team.h"

struct lora {
    size_t in, out, rank;
    float scale;
    const float *a; /* [rank, in] */
    const float *b; /* [out, rank] */
    float *da, *db; /* or NULL */
};

/* h is kept for the backward pass. y may be NULL: then only h is wanted. */
void lora_forward(struct team *team, const struct lora *lora, size_t T, const float *x, size_t ldx,
                  float *h, float *y, size_t ldy);

/* e is scratch; dx may be NULL. */
void lora_backward(struct team *team, const struct lora *lora, size_t T, const float *x, size_t ldx,
                   const float *h, const float *dy, size_t lddy, float *e, float *dx, size_t lddx);

#endif
