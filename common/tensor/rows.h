/* Rows of blocks, from a function that unpacks one block: static inline void x_block(at, out). */
#ifndef TENSOR_ROWS_H
#define TENSOR_ROWS_H

#include "tensor/floats.h"

#define ROWS_DECLARE(format)                                                                       \
    void format##_to_f32(const unsigned char *at, float *out, size_t count);                       \
    void format##_to_bf16(const unsigned char *at, bf16 *out, size_t count)

#define ROWS_DEFINE(format, elements, bytes)                                                       \
    void format##_to_f32(const unsigned char *at, float *out, size_t count)                        \
    {                                                                                              \
        for (; count >= (elements); count -= (elements), at += (bytes), out += (elements))         \
            format##_block(at, out);                                                               \
    }                                                                                              \
    void format##_to_bf16(const unsigned char *at, bf16 *out, size_t count)                        \
    {                                                                                              \
        float block[elements];                                                                     \
                                                                                                   \
        for (; count >= (elements); count -= (elements), at += (bytes), out += (elements)) {       \
            format##_block(at, block);                                                             \
            for (size_t i = 0; i < (elements); i++) out[i] = bf16_of_float(block[i]);              \
        }                                                                                          \
    }

#endif
