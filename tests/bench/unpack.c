/* How fast the rows of a matrix are unpacked by one thread, in millions of weights a second, and
 * how fast matrices are quantised.
 *
 * 64 rows of 4096 columns are unpacked into one that stays in the cache, as a product does it: the
 * fastest of 30 times. */
#include "tensor/quantised.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROWS = 64, COLS = 4096, TIMES = 30 };

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double rate(const struct matrix *matrix, bool narrow, void *out)
{
    double least = 1e9;

    for (int i = 0; i < TIMES; i++) {
        const double begin = now();

        for (uint64_t row = 0; row < ROWS; row++) {
            if (narrow)
                matrix_to_bf16(matrix, row, 0, COLS, out);
            else
                matrix_to_f32(matrix, row, 0, COLS, out);
        }
        if (now() - begin < least) least = now() - begin;
    }
    return (double)ROWS * COLS / least / 1e6;
}

static void show(const char *name, const struct matrix *matrix, float *out)
{
    const double wide = rate(matrix, false, out), narrow = rate(matrix, true, out);

    printf("%-8s %7.0f to f32 %7.0f to bf16\n", name, wide, narrow);
}

static void measure_stored(enum dtype dtype, float *out)
{
    const struct dtype_info *info = dtype_info(dtype);
    const size_t stride = (size_t)COLS / info->elements * info->bytes;
    unsigned char *at = mem_alloc(ROWS * stride);
    const struct matrix matrix = {
        .dtype = dtype, .rows = ROWS, .cols = COLS, .at = at, .stride = stride};

    memset(at, 0x29, ROWS * stride);
    show(info->name, &matrix, out);
    mem_free(at);
}

static void measure_form(const char *name, enum matrix_form form, struct team *team, float *out)
{
    float *x = mem_alloc((size_t)ROWS * COLS * sizeof *x);
    const struct matrix from = matrix_of_floats(x, ROWS, COLS, COLS);
    struct quantised quantised;
    struct matrix matrix;
    double least = 1e9;

    for (size_t i = 0; i < (size_t)ROWS * COLS; i++)
        x[i] = (float)((i * 2654435761U) >> 8 & 0xffff) / 65536 - 0.5F;
    for (int i = 0; i < TIMES / 3; i++) {
        const double begin = now();

        if (i > 0) quantised_release(&quantised);
        quantised_make(&quantised, form, &from, team);
        if (now() - begin < least) least = now() - begin;
    }
    matrix = quantised_matrix(&quantised);
    show(name, &matrix, out);
    printf("%-8s %7.0f from f32\n", name, (double)ROWS * COLS / least / 1e6);
    quantised_release(&quantised);
    mem_free(x);
}

int main(void)
{
    struct team *team = team_start(1);
    float *out = mem_aligned(COLS * sizeof *out);

    for (unsigned i = 0; i < DTYPE_COUNT; i++)
        if (dtype_info((enum dtype)i)->weights) measure_stored((enum dtype)i, out);
    measure_form("int8", MATRIX_INT8, team, out);
    measure_form("nf4", MATRIX_NF4, team, out);
    mem_free(out);
    team_stop(team);
    return 0;
}
