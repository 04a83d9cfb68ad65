/* The innermost loop: some rows of x times a strip of a matrix, as fast as this CPU can.
 *
 * A strip is STRIP columns of the right operand, packed for the kernel: strip[k][n] as floats, or
 * for bf16 strip[k / 2][n][k % 2], with zeros up to the next multiple of STRIP_DEPTH in k and to
 * STRIP in n. Each sum is taken by increasing k, starting from y where it adds: so a result depends
 * neither on how many rows there are, nor on which, nor on how k was cut into pieces (of multiples
 * of STRIP_DEPTH). */
#ifndef GEMM_KERNEL_H
#define GEMM_KERNEL_H

#include "lanes/cpu.h"
#include "tensor/matrix.h"

enum precision { PRECISION_F32, PRECISION_BF16 };

enum { STRIP = 64, STRIP_DEPTH = 32, STRIP_LANES = 16 };

struct kernel {
    const char *name;
    enum precision precision; /* of x and of the strip; y is float */
    enum cpu_level needs;
    size_t row_block; /* rows of x to be taken through all strips of a panel together */
    size_t panel;     /* strips that are packed together */
    size_t depth;     /* most of k in a strip */

    /* y[m][n] (+)= sum over k of x[m][k] strip[k][n], for n < columns <= STRIP. x has no more than
     * depth elements a row that may be read. */
    void (*multiply)(size_t rows, size_t columns, size_t depth, const void *x, size_t ldx,
                     const void *strip, float *y, size_t ldy, bool add);

    /* Of floats: y[m][n] += sum over k of x[k][m] w[k][n], for n < columns <= STRIP. Of w whole
     * groups of STRIP_LANES columns are read. NULL for bf16. */
    void (*outer)(size_t rows, size_t columns, size_t depth, const float *x, size_t ldx,
                  const float *w, size_t ldw, float *y, size_t ldy);

    void (*enter)(void); /* around the multiplies of one piece of work, on its thread; or NULL */
    void (*leave)(void);
};

/* The fastest one for this precision at cpu_level(). */
const struct kernel *kernel_get(enum precision precision);

/* All there are, for tests and benchmarks; NULL after the last. */
const struct kernel *kernel_at(size_t index);

/* Is computing in bf16 faster than in fp32 here? What 'auto' goes by. */
bool kernel_bf16_pays(void);

size_t strip_bytes(enum precision precision, size_t depth); /* of one strip */

/* Packs rows row .. row + columns of the matrix as the strip's columns, its columns col .. col +
 * depth as k: for y = x W^T. col is a multiple of the matrix' grain. scratch: strip_scratch. */
void strip_of_rows(enum precision precision, const struct matrix *matrix, uint64_t row,
                   size_t columns, uint64_t col, size_t depth, void *strip, void *scratch);

/* Packs columns col .. col + count * STRIP (as far as there are) of the matrix as the columns of
 * count strips that stand side by side, its rows row .. row + depth as k: for y = x W. */
void strips_of_columns(enum precision precision, const struct matrix *matrix, uint64_t row,
                       size_t depth, uint64_t col, size_t count, void *strips, void *scratch);
size_t strip_scratch(size_t depth, size_t count); /* bytes */

#endif
