/* One layer of the decoder, forward and backward, over the rows of a batch. */
#ifndef DECODER_LAYER_H
#define DECODER_LAYER_H

#include "decoder/affine.h"
#include "machine/slab.h"

/* What the backward pass needs of a layer. Rows of width n stand gemm_ld(n) apart. */
struct kept {
    float *x;                               /* [T, d]: what came in */
    float *mid;                             /* [T, d]: after attention */
    float *q, *k, *v;                       /* [T, H D], [T, K D]: as attention reads them */
    float *q_raw, *k_raw;                   /* before their norms, where the model has these */
    float *o, *sums;                        /* [T, H D], [T, H]: of attention */
    float *p, *u;                           /* [T, F]: gate and up */
    float *rho_x, *rho_mid, *rho_q, *rho_k; /* of the norms: [T], [H, T], [K, T] */
    float *h[WEIGHT_LINEARS];               /* [T, rank]: of the adapter */
};

/* Room that all layers share. */
struct room {
    float *a, *z;              /* [T, d], [T, F] */
    bf16 *narrow;              /* [T, the widest] */
    float *dx;                 /* [T, d]: gradient by what leaves the layer, then by what came in */
    float *da, *dz;            /* [T, d or H D], [T, F] */
    float *dp, *du;            /* [T, F] */
    float *dq, *dk, *dv;       /* [T, H D], [T, K D] */
    float *e;                  /* [T, rank] */
    float *dropped, *ddropped; /* [T, the widest] */
};

/* How rows go through the layers. */
struct passage {
    const struct decoder *decoder;
    const struct layout *layout;
    const size_t *positions; /* of each row */
    bool adapted, stream;
    float dropout;
    uint64_t seed, call;

    /* Stands in for attention over the layout, where keys and values are kept; or NULL. */
    void (*attend)(void *context, size_t layer, const struct kept *kept);
    void *context;
};

/* With T rows at most. x is left to the caller. */
void kept_take(struct kept *kept, struct slab *slab, const struct decoder *decoder, size_t T);
void room_take(struct room *room, struct slab *slab, const struct decoder *decoder, size_t T,
               bool backward, bool dropout);

/* y: what leaves the layer, NULL where only the kept part is wanted; kept->x is what comes in. */
void layer_forward(const struct passage *passage, size_t layer, const struct kept *kept,
                   const struct room *room, float *y);

/* Only kept->k and kept->v: all that a last layer is to leave behind in a cache. */
void layer_keys(const struct passage *passage, size_t layer, const struct kept *kept,
                const struct room *room);

/* room->dx holds the gradient by y, and then that by x, unless deepest: nothing below is
 * trained. */
void layer_backward(const struct passage *passage, size_t layer, const struct kept *kept,
                    const struct room *room, bool deepest);

#endif
