/* Which format each tensor of a model gets: as llama.cpp's quantiser chooses, for the families that
 * are supported here.
 *
 * Tensors with one row, norms, and what is no weight stay as they are. Matrices get the format of
 * the file's type, and some that matter more a larger one: the head, values, the end of the
 * feed-forward network, in some layers. A row that is no whole number of blocks gets a format of
 * shorter ones. */
#ifndef PACK_MIX_H
#define PACK_MIX_H

#include "core/err.h"
#include "pack/file_type.h"

struct mix_model {
    const char *architecture; /* 'general.architecture' */
    uint32_t layers, heads, kv_heads;
};

struct mix_tensor {
    struct text name;    /* in GGUF's spelling: 'blk.0.attn_v.weight' */
    uint64_t cols, rows; /* the innermost extent, and the product of all others */
    enum dtype dtype;    /* what it is; then what it becomes */
};

/* Sets the dtype of all tensors of a model, in whatever order. importance: there is an importance
 * matrix. False when a tensor needs one and there is none. */
bool mix_assign(const struct file_type *type, const struct mix_model *model, bool importance,
                struct mix_tensor *tensors, size_t count, struct err *err);

#endif
