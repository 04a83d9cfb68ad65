/* A hash by which a model is known again, wherever it lies. It is of each weight's name, format,
 * shape, order of rows, and of 32 pieces of 4096 bytes of it, evenly spread (of all bytes where it
 * has no more): models whose weights differ only between these pieces are taken for the same. */
#ifndef MODEL_IDENTITY_H
#define MODEL_IDENTITY_H

#include "hash/sha256.h"
#include "model/weights.h"

#define MODEL_IDENTITY 65 /* bytes, with the end */

void model_identity(const struct weights *weights, char identity[MODEL_IDENTITY]);

/* Adds one weight to a hash. The layer is ignored where there is one for the whole model. */
void identity_add(struct sha256 *sha, enum weight_role role, size_t layer,
                  const struct weight *weight);

#endif
