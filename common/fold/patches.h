/* What an adapter of PEFT does to its base, weight by weight.
 *
 *     W' = W + scale B A            of a linear layer
 *     W' = W + scale (B A)^T        of the embedding
 *     W' = m (W + scale B A) / |W + scale B A|, row by row, with magnitudes m (DoRA)
 *     b' = b + scale c              of a bias, c that of B
 *
 * where W is the tensor that the adapter holds in the weight's place, if it holds one. Every tensor
 * of the file has its place in this, and everything that adapter_config.json promises is there:
 * what is not understood is refused by name, and no number was touched yet. */
#ifndef FOLD_PATCHES_H
#define FOLD_PATCHES_H

#include "adapter/adapter_options.h"
#include "model/weight_table.h"
#include "safetensors/safetensors.h"

/* All are tensors of the file, in F32, F16 or BF16; NULL: there is none. */
struct patch {
    const struct tensor *whole;
    const struct tensor *a, *b;     /* [rank, in] and [out, rank]; of the embedding [rank, rows] and
                                       [columns, rank] */
    const struct tensor *magnitude; /* [out] */
    const struct tensor *addend;    /* c */
    float scale;
};

struct patches {
    struct adapter_options options;
    struct safetensors file;
    struct patch *items; /* layers times WEIGHT_ROLES; those of the whole model with the first */
    size_t layers;
    double weight; /* its part among others; in the scales already */
};

/* path is a folder. */
bool patches_open(struct patches *patches, const struct config *config, const char *path,
                  double weight, struct err *err);
void patches_close(struct patches *patches);

const struct patch *patches_at(const struct patches *patches, enum weight_role role, size_t layer);

/* Does it change anything of this weight? */
bool patch_is_empty(const struct patch *patch);

/* Was this module, by a weight's name, trained whole? */
bool patches_saved(const struct adapter_options *options, const char *weight);

#endif
