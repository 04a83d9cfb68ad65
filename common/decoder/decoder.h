/* The model as a function: the decoder of the Llama family, for all of its members, as the tables
 * say (model/weight_table). Weights stay where they lie, in their own format; norms and biases are
 * held as floats.
 *
 *     for each layer    a = norm(x)
 *                       q, k, v = a Wq', a Wk', a Wv'   [+ biases] [normed by head]
 *                       x = x + attention(turned q, turned k, v) Wo'
 *                       a = norm(x)
 *                       x = x + (silu(a Wgate') a Wup') Wdown'
 *     logits            norm(x) Whead' */
#ifndef DECODER_DECODER_H
#define DECODER_DECODER_H

#include "adapter/adapter.h"
#include "attention/attention.h"
#include "base/base.h"
#include "gemm/gemm.h"
#include "model/model.h"
#include "ops/rope.h"

struct decoder_layer {
    struct matrix matrix[WEIGHT_ROLES];
    const float *vector[WEIGHT_ROLES]; /* norms and biases; NULL where the model has none */
    float *gradient[WEIGHT_ROLES];     /* NULL: frozen */
    struct attention attention;
};

struct decoder {
    const struct config *config;   /* borrowed */
    const struct adapter *adapter; /* borrowed; NULL: none */
    struct gemm gemm;
    struct decoder_layer *layers; /* what is there once for the model stands in the first */
    float *vectors;
    struct rope_table rope; /* as far as it was asked for */
    size_t lowest;          /* layer from which on something is trained; layers when nothing is */
    bool whole;             /* the weights themselves are trained */
};

/* All is borrowed. */
void decoder_open(struct decoder *decoder, const struct base *base, enum precision precision,
                  struct team *team);
void decoder_close(struct decoder *decoder);

/* Puts the adapter on, or off with NULL. */
void decoder_adapt(struct decoder *decoder, const struct adapter *adapter);

/* Makes ready for texts of so many positions. */
void decoder_reach(struct decoder *decoder, size_t positions);

/* The adapter's part in a linear layer, or NULL. */
const struct lora *decoder_lora(const struct decoder *decoder, size_t layer, enum weight_role role);

#endif
