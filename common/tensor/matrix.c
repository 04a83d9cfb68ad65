#include "tensor/matrix.h"

#include "tensor/int8.h"
#include "tensor/nf4.h"

#include <assert.h>
#include <string.h>

struct matrix matrix_of_floats(const float *at, uint64_t rows, uint64_t cols, uint64_t ld)
{
    return (struct matrix){.dtype = DTYPE_F32,
                           .rows = rows,
                           .cols = cols,
                           .at = (const unsigned char *)at,
                           .stride = ld * sizeof(float)};
}

size_t matrix_grain(const struct matrix *matrix)
{
    return matrix->form == MATRIX_STORED ? dtype_info(matrix->dtype)->elements : 1;
}

/* Row h D + s D/2 + j of Hugging Face's order stands as row h D + 2 j + s. */
static uint64_t stored_row(const struct matrix *matrix, uint64_t row)
{
    const uint64_t head = matrix->heads_permuted ? matrix->rows / matrix->heads_permuted : 0;
    const uint64_t half = head / 2, within = head ? row % head : 0;

    if (!head) return row;
    return row - within + within % half * 2 + within / half;
}

const unsigned char *matrix_row(const struct matrix *matrix, uint64_t row)
{
    assert(row < matrix->rows && matrix->form != MATRIX_NF4);
    return matrix->at + stored_row(matrix, row) * matrix->stride;
}

/* Whole blocks are unpacked straight into out, the part of a last one by way of a spare one. */
static void stored_to_f32(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count,
                          float *out)
{
    const struct dtype_info *info = dtype_info(matrix->dtype);
    const unsigned char *at = matrix_row(matrix, row) + col / info->elements * info->bytes;
    const size_t whole = count / info->elements * info->elements;
    float spare[256];

    info->to_f32(at, out, whole);
    if (whole == count) return;
    info->to_f32(at + whole / info->elements * info->bytes, spare, info->elements);
    memcpy(out + whole, spare, (count - whole) * sizeof *out);
}

static void stored_to_bf16(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count,
                           bf16 *out)
{
    const struct dtype_info *info = dtype_info(matrix->dtype);
    const unsigned char *at = matrix_row(matrix, row) + col / info->elements * info->bytes;
    const size_t whole = count / info->elements * info->elements;
    bf16 spare[256];

    info->to_bf16(at, out, whole);
    if (whole == count) return;
    info->to_bf16(at + whole / info->elements * info->bytes, spare, info->elements);
    memcpy(out + whole, spare, (count - whole) * sizeof *out);
}

static void check_range(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count)
{
    assert(row < matrix->rows && col <= matrix->cols && count <= matrix->cols - col);
    assert(col % matrix_grain(matrix) == 0);
}

void matrix_to_f32(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count,
                   float *out)
{
    check_range(matrix, row, col, count);
    switch (matrix->form) {
    case MATRIX_STORED: stored_to_f32(matrix, row, col, count, out); break;
    case MATRIX_INT8:
        int8_to_f32(matrix_row(matrix, row) + col, matrix->scales[row], out, count);
        break;
    case MATRIX_NF4: nf4_to_f32(matrix, row * matrix->cols + col, out, count); break;
    }
}

void matrix_to_bf16(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count,
                    bf16 *out)
{
    check_range(matrix, row, col, count);
    switch (matrix->form) {
    case MATRIX_STORED: stored_to_bf16(matrix, row, col, count, out); break;
    case MATRIX_INT8:
        int8_to_bf16(matrix_row(matrix, row) + col, matrix->scales[row], out, count);
        break;
    case MATRIX_NF4: nf4_to_bf16(matrix, row * matrix->cols + col, out, count); break;
    }
}
