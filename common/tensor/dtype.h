/* Number formats: the one place that knows their sizes, their names and how a row is unpacked.
 *
 * A format stores its elements in blocks of a fixed number of elements and bytes; the plain formats
 * have blocks of one. Names are those of safetensors ('BF16') and of ggml ('Q4_K'). Everything is
 * little-endian and may stand at any address. */
#ifndef TENSOR_DTYPE_H
#define TENSOR_DTYPE_H

#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint16_t bf16; /* the upper half of a float */

enum dtype {
    DTYPE_F64,
    DTYPE_F32,
    DTYPE_F16,
    DTYPE_BF16,
    DTYPE_I64,
    DTYPE_I32,
    DTYPE_I16,
    DTYPE_I8,
    DTYPE_U8,
    DTYPE_BOOL,
    DTYPE_Q4_0,
    DTYPE_Q4_1,
    DTYPE_Q5_0,
    DTYPE_Q5_1,
    DTYPE_Q8_0,
    DTYPE_Q2_K,
    DTYPE_Q3_K,
    DTYPE_Q4_K,
    DTYPE_Q5_K,
    DTYPE_Q6_K,
    DTYPE_IQ4_NL,
    DTYPE_IQ4_XS,
    DTYPE_TQ1_0,
    DTYPE_TQ2_0,
    DTYPE_MXFP4,
    DTYPE_COUNT
};

#define DTYPE_NO_GGML (-1)

struct dtype_info {
    const char *name;    /* to show, and in ggml's spelling */
    const char *st_name; /* in a safetensors header, or NULL */
    int ggml;            /* its number in a GGUF file, or DTYPE_NO_GGML */
    unsigned elements;   /* of a block */
    unsigned bytes;      /* of a block */
    bool weights;        /* may hold a model's weights without scales of their own */

    /* Both NULL where nothing asks for it. Unpack count elements, a multiple of a block. bf16 is
     * rounded to nearest even from exactly the float that to_f32 gives. */
    void (*to_f32)(const unsigned char *at, float *out, size_t count);
    void (*to_bf16)(const unsigned char *at, bf16 *out, size_t count);
};

const struct dtype_info *dtype_info(enum dtype dtype);

/* False when there is no such format. */
bool dtype_of_name(struct text st_name, enum dtype *dtype);
bool dtype_of_ggml(int64_t number, enum dtype *dtype);

/* What ggml calls a number that dtype_of_ggml refuses ('IQ2_XXS'), or NULL when nothing does. */
const char *dtype_ggml_name(int64_t number);

/* The bytes of so many elements; false when they are no whole blocks, or too many to count. */
bool dtype_bytes(enum dtype dtype, uint64_t elements, uint64_t *bytes);

#endif
