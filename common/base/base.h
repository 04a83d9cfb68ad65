/* The frozen base of a training run: the weights of a model as matrices, and those of its linear
 * layers (q, k, v, o, gate, up, down) in 8 or 4 bits where that is asked for. Embedding, output,
 * norms and biases stay as they are stored.
 *
 * 8 bits are rows with one scale each (tensor/int8), 4 bits are NF4 with quantised scales
 * (tensor/nf4). Quantising reads the whole model once; a folder given as cache keeps the result,
 * which is then mapped (base/base_cache). */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include "base/linear.h"
#include "model/model.h"
#include "safetensors/safetensors.h"

struct base {
    const struct model *model; /* borrowed */
    struct matrix *matrices;   /* layers times WEIGHT_ROLES, as in struct weights */
    struct linear *linears;    /* what is quantised; NULL with 16 bits */
    size_t count;
    struct safetensors cache; /* all zero without */
};

/* bits: 16 (as stored), 8 or 4. cache: a folder that exists, or NULL for memory only. A file there
 * of another model, a damaged or a foreign one is made anew. Two programs may do so at once. After
 * a failure there is nothing to close; a weight that is NaN or infinite is one. */
bool base_open(struct base *base, const struct model *model, unsigned bits, const char *cache,
               struct team *team, struct err *err);

/* NULL where the model has none; the layer is ignored where there is one for the whole model. Rows
 * are in Hugging Face's order; a vector has one column. Good until the close. */
const struct matrix *base_matrix(const struct base *base, enum weight_role role, size_t layer);

void base_close(struct base *base);

#endif
