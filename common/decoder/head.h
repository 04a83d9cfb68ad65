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
#include "ops/logprob.h"

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

    /* Of head_divergence: half a chunk's rows of the model with the wider ones. */
    float *compared;
    bf16 *compared_narrow;
};

/* For R scored at most. reference: what head_divergence will be given, or NULL. */
void head_room_take(struct head_room *room, struct slab *slab, const struct decoder *decoder,
                    size_t R, bool backward, const struct decoder *reference);

/* x: [T, d], gemm_ld(d) apart. facts: NULL where none are wanted. keep: the backward pass
 * follows. */
void head_forward(const struct decoder *decoder, const struct head_room *room, size_t R,
                  const struct scored *scored, const float *x, bool keep, double *logp,
                  const struct row_facts *facts);

/* Adds to dx [T, d] and to the weights' gradients, where there are. */
void head_backward(const struct decoder *decoder, const struct head_room *room, size_t R,
                   const struct scored *scored, const float *dlogp, float *dx);

/* kl [count]: of what the decoder makes of its rows, from what the reference makes of its own. Rows
 * are as they leave the last layer, [count, d] without gaps. room: taken for both, of either. */
void head_divergence(const struct decoder *decoder, const struct decoder *reference,
                     const struct head_room *room, size_t count, const float *rows,
                     const float *reference_rows, double *kl);

/* The logits [T, V] of rows as they leave the last layer, for a few rows. f: [T, d], scratch. */
void head_logits(const struct decoder *decoder, size_t T, const float *x, float *f, float *logits,
                 size_t ld);

#endif
