/* A frozen matrix in whatever format it is stored, from which rows are unpacked.
 *
 * This is what products read. Rows are those of Hugging Face's order, columns are contiguous. */
#ifndef TENSOR_MATRIX_H
#define TENSOR_MATRIX_H

#include "tensor/dtype.h"

enum matrix_form {
    MATRIX_STORED, /* dtype says all */
    MATRIX_INT8,   /* a signed byte times the row's scale */
    MATRIX_NF4     /* four bits, scaled in blocks; see tensor/nf4.h */
};

struct matrix {
    enum matrix_form form;
    enum dtype dtype; /* of MATRIX_STORED */
    uint64_t rows, cols;
    const unsigned char *at;
    uint64_t stride;             /* bytes from row to row */
    uint32_t heads_permuted;     /* so many heads whose rows stand interleaved, or 0 */
    const float *scales;         /* INT8: of each row; NF4: of each 256 blocks */
    const unsigned char *absmax; /* NF4: of each block, as a code */
    float offset;                /* NF4: added to each block's scale */
};

/* Of floats in memory, ld apart from row to row. */
struct matrix matrix_of_floats(const float *at, uint64_t rows, uint64_t cols, uint64_t ld);

/* Columns are unpacked from multiples of this on: the elements of a block. */
size_t matrix_grain(const struct matrix *matrix);

/* Where a row's bytes are; not for NF4, whose rows may share a byte. */
const unsigned char *matrix_row(const struct matrix *matrix, uint64_t row);

/* count elements of a row, from column col on. The end need not be that of a block. */
void matrix_to_f32(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count,
                   float *out);
void matrix_to_bf16(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count,
                    bf16 *out);

#endif
