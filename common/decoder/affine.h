/* A linear layer with what may stand around it: a bias and an adapter's part.
 *
 *     y = x W' + b + s drop(x) A' B'                                                         */
#ifndef DECODER_AFFINE_H
#define DECODER_AFFINE_H

#include "decoder/decoder.h"
#include "ops/dropout.h"

/* Rows going into one or more linear layers: as floats, and as the products want them. */
struct operand {
    const float *x;
    size_t ld;
    const void *narrow;
    size_t ld_narrow;
};

/* Where a linear layer stands, and how it is to be computed. */
struct affine {
    const struct decoder *decoder;
    size_t layer;
    enum weight_role role;
    bool adapted;  /* with the adapter's part */
    bool stream;   /* few rows, as in generation */
    float dropout; /* of the adapter's input; 0: none */
    uint64_t seed, call;
    float *dropped;  /* [T, in]: scratch, where there is dropout */
    float *ddropped; /* the same, for the backward pass */
};

/* h: [T, rank], kept for the backward pass. y may be NULL: then only h is wanted. */
void affine_forward(const struct affine *affine, size_t T, const struct operand *in, float *h,
                    float *y, size_t ldy, bool add);

/* Of in only x is read. dx is NULL where nothing below is trained; else it is added to, or set
 * where first. narrow and e ([T, rank]) are scratch. */
void affine_backward(const struct affine *affine, size_t T, const struct operand *in,
                     const float *h, const float *dy, size_t lddy, bf16 *narrow, float *e,
                     float *dx, size_t lddx, bool first);

#endif
