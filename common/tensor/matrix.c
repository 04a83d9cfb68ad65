#include "tensor/matrix.h"

#include "tensor/int8.h"
#include "tensor/nf4.h"

#include <assert.h>
#include <string.h>

enum { MOST_ELEMENTS = 256 }; /* of a block, in any format */

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

/* Elements of a row: whole blocks are unpacked straight, the part of a last one by way of a spare
 * one.
 * */
struct run {
    const struct dtype_info *info;
    const unsigned char *at, *last;
    size_t whole; /* elements before the last block */
};

static struct run run_of(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count)
{
    const struct dtype_info *info = dtype_info(matrix->dtype);
    const unsigned char *at = matrix_row(matrix, row) + col / info->elements * info->bytes;
    const size_t blocks = count / info->elements;

    return (struct run){info, at, at + blocks * info->bytes, blocks * info->elements};
}

static void stored_to_f32(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count,
                          float *out)
{
    const struct run run = run_of(matrix, row, col, count);
    float spare[MOST_ELEMENTS];

    run.info->to_f32(run.at, out, run.whole);
    if (run.whole == count) return;
    run.info->to_f32(run.last, spare, run.info->elements);
    memcpy(out + run.whole, spare, (count - run.whole) * sizeof *out);
}

static void stored_to_bf16(const struct matrix *matrix, uint64_t row, uint64_t col, size_t count,
                           bf16 *out)
{
    const struct run run = run_of(matrix, row, col, count);
    bf16 spare[MOST_ELEMENTS];

    run.info->to_bf16(run.at, out, run.whole);
    if (run.whole == count) return;
    run.info->to_bf16(run.last, spare, run.info->elements);
    memcpy(out + run.whole, spare, (count - run.whole) * sizeof *out);
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
