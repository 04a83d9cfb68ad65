/* A model's weights where they lie: every one that the table asks for was found, has exactly the
 * shape that the config says and a format that can be computed with; nothing was copied. */
#ifndef MODEL_WEIGHTS_H
#define MODEL_WEIGHTS_H

#include "gguf/gguf.h"
#include "model/weight_table.h"
#include "safetensors/shards.h"
#include "tensor/matrix.h"

struct weight {
    const struct tensor *tensor; /* borrowed from the file; NULL where the model has none */
    uint32_t heads_permuted;     /* so many heads whose rows stand interleaved, or 0 */
};

struct weights {
    struct weight *items; /* layers times WEIGHT_ROLES; those of the whole model with the first */
    size_t layers;
};

/* The files are borrowed until the release. path is what to call them. What the model does not
 * have is refused by name, but for what can be computed and for an output beside a tied one. */
bool weights_from_shards(struct weights *weights, const struct config *config,
                         const struct shards *shards, const char *path, struct err *err);
bool weights_from_gguf(struct weights *weights, const struct config *config,
                       const struct gguf *gguf, const char *path, struct err *err);
void weights_release(struct weights *weights);

/* The output of a tied model is its embedding. */
const struct weight *weights_at(const struct weights *weights, enum weight_role role, size_t layer);

/* The weight as a matrix, rows in Hugging Face's order; a vector is a matrix of one column. */
struct matrix weight_matrix(const struct weight *weight);

/* The stored bytes of a row, by its number in Hugging Face's order; of a vector, of one element. */
const unsigned char *weight_row(const struct weight *weight, uint64_t row);

#endif
