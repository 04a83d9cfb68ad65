/* Rows of every form, from any column, in the order of heads. */
#include "tensor/matrix.h"

#include "check.h"
#include "tensor/floats.h"

TEST(floats)
{
    float x[3 * 5] = {0}, out[4];
    bf16 narrow[4];
    struct matrix matrix = matrix_of_floats(x, 3, 4, 5);

    for (size_t i = 0; i < 15; i++) x[i] = (float)i / 3;
    CHECK_INT(matrix_grain(&matrix), 1);
    matrix_to_f32(&matrix, 2, 1, 3, out);
    for (size_t i = 0; i < 3; i++) CHECK(out[i] == x[11 + i]);
    matrix_to_bf16(&matrix, 1, 0, 4, narrow);
    for (size_t i = 0; i < 4; i++) CHECK_INT(narrow[i], bf16_of_float(x[5 + i]));
    matrix_to_f32(&matrix, 2, 4, 0, out);
    CHECK(out[0] == x[11]);
}

/* Two heads of 6 rows: row 2j + s of a head is row 3s + j. */
TEST(interleaved)
{
    static const int want[6] = {0, 2, 4, 1, 3, 5};
    float x[12] = {0}, out;
    struct matrix matrix = matrix_of_floats(x, 12, 1, 1);

    matrix.heads_permuted = 2;
    for (size_t i = 0; i < 12; i++) x[i] = (float)i;
    for (uint64_t row = 0; row < 12; row++) {
        matrix_to_f32(&matrix, row, 0, 1, &out);
        CHECK(out == (float)(want[row % 6] + (row < 6 ? 0 : 6)));
        CHECK(matrix_row(&matrix, row) == matrix.at + 4 * (size_t)out);
    }
}

/* Rows of blocks are read from the beginning of any block to the middle of any. */
TEST(parts_of_blocks)
{
    static const enum dtype dtypes[] = {DTYPE_Q8_0, DTYPE_Q4_K};

    for (size_t d = 0; d < 2; d++) {
        const struct dtype_info *info = dtype_info(dtypes[d]);
        const size_t elements = info->elements, cols = 3 * elements, bytes = 3 * info->bytes;
        unsigned char *at = mem_alloc(2 * bytes);
        float *all = mem_alloc(cols * sizeof *all), *out = mem_zero(cols + 1, sizeof *out);
        bf16 *narrow = mem_zero(cols + 1, sizeof *narrow);
        const struct matrix matrix = {
            .dtype = dtypes[d], .rows = 2, .cols = cols, .at = at, .stride = bytes};
        const size_t counts[] = {0, 1, elements - 1, elements, elements + 7, 2 * elements};

        for (size_t i = 0; i < 2 * bytes; i++) at[i] = (unsigned char)(i * 37 % 120);
        CHECK_INT(matrix_grain(&matrix), elements);
        info->to_f32(at + bytes, all, cols);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            const size_t n = counts[i];

            out[n] = 7;
            narrow[n] = 7;
            matrix_to_f32(&matrix, 1, elements, n, out);
            matrix_to_bf16(&matrix, 1, elements, n, narrow);
            CHECK(memcmp(out, all + elements, n * sizeof *out) == 0 && out[n] == 7);
            CHECK((n == 0 || narrow[n - 1] == bf16_of_float(out[n - 1])) && narrow[n] == 7);
        }
        mem_free(at);
        mem_free(all);
        mem_free(out);
        mem_free(narrow);
    }
}

TEST(int8)
{
    unsigned char codes[2 * 256];
    const float scales[2] = {0.5F, 1.0F / 3};
    const struct matrix matrix = {
        .form = MATRIX_INT8, .rows = 2, .cols = 256, .at = codes, .stride = 256, .scales = scales};
    float out[255];
    bf16 narrow[255];
    int wrong = 0;

    for (size_t i = 0; i < sizeof codes; i++) codes[i] = (unsigned char)i;
    CHECK_INT(matrix_grain(&matrix), 1);
    for (uint64_t row = 0; row < 2; row++) {
        matrix_to_f32(&matrix, row, 1, 255, out);
        matrix_to_bf16(&matrix, row, 1, 255, narrow);
        for (int i = 0; i < 255; i++) {
            wrong += out[i] != (float)(int8_t)(i + 1) * scales[row];
            wrong += narrow[i] != bf16_of_float(out[i]);
        }
    }
    CHECK_INT(wrong, 0);
}

int main(void)
{
    RUN(floats);
    RUN(interleaved);
    RUN(parts_of_blocks);
    RUN(int8);
    return check_end();
}
