/* The end of the model: from the last layer's rows to log-probabilities of given tokens, for those
 * rows alone, in chunks, so that logits never exist as a whole; and its backward pass.
 *
 *     f = norm(x), z = f W', logp = z[id] - log sum exp z
 *     d logp / d f = W[id] - sum_v exp(z_v - lse) W[v]
 *
 * The latter is computed at once with the forward pass where the head is frozen, so that going back
 * costs no second one: each row of it only waits for its factor. */
#ifndef DECODER_HEAD_H
#define DECODER_HEAD_H

#include "decoder/batch.h"
#include "decoder/decoder.h"
#include "machine/slab.h"

struct head_room {
    size_t chunk;        /* rows of logits at once */
    float *x, *f;        /* [R, d]: before and after the norm */
    float *rho;          /* [R] */
    double *lse;         /* [R] */
    uint32_t *ids;       /* [R] */
    float *g;            /* [R, d]: of logp by f */
    float *dx;           /* [R, d] */
    float *logits;       /* [chunk, V] */
    bf16 *narrow;        /* [chunk, d]: f rounded, where the products want that */
    bf16 *narrow_logits; /* [chunk, V], likewise */
};

/* For R scored at most. */
void head_room_take(struct head_room *room, struct slab *slab, const struct decoder *decoder,
                    size_t R, bool backward);

/* x: [T, d], gemm_ld(d) apart. mean, unless NULL, gets the mean of each row's logits. keep: the
 * backward pass follows. */
void head_forward(const struct decoder *decoder, const struct head_room *room, size_t R,
                  const struct scored *scored, const float *x, bool keep, double *logp,
                  double *mean);

/* Adds to dx [T, d] and to the weights' gradients, where there are. */
void head_backward(const struct decoder *decoder, const struct head_room *room, size_t R,
                   const struct scored *scored, const float *dlogp, float *dx);

/* The logits [T, V] of rows as they leave the last layer, for a few rows. f: [T, d], scratch. */
void head_logits(const struct decoder *decoder, size_t T, const float *x, float *f, float *logits,
                 size_t ld);

#endif
