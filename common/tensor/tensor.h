/* A tensor as it lies in a file: a name, a format, a shape and where its bytes are.
 *
 * The shape is written as in safetensors and NumPy, the outermost extent first: a linear layer's
 * weight is [out, in], and its rows of `in` elements are contiguous. GGUF writes extents the other
 * way round; its reader turns them. */
#ifndef TENSOR_TENSOR_H
#define TENSOR_TENSOR_H

#include "tensor/dtype.h"

#define TENSOR_RANK 8

struct tensor {
    struct text name; /* borrowed from the owner */
    enum dtype dtype;
    unsigned rank;
    uint64_t shape[TENSOR_RANK];
    const unsigned char *at; /* in the owner's mapping; NULL while it is only declared */
    uint64_t bytes;
};

#endif
