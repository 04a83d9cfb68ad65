/* The inner loop, written once for vectors of any width. What it multiplies are dwords: floats, or
 * pairs of bf16, a step of k each. Who includes it has defined
 *
 *     vector                    of LANES floats
 *     spread(at)                the dword there in every lane
 *     multiply_add(a, b, c)     a b + c
 *     WIDE                      vectors side by side whose sums fit the registers, up to 4
 *     TALL(vectors)             rows that fit beside so many, at least 4 and at most 12
 *
 * and gets block_multiply. Each element of y is one chain of multiply_add over increasing k,
 * whatever block it falls into. */
#ifndef GEMM_KERNEL_BLOCK_H
#define GEMM_KERNEL_BLOCK_H

#include "gemm/kernel.h"

#include <string.h>

enum { TALLEST = 12, STEP_BYTES = 4, STRIP_BYTES = STRIP * STEP_BYTES };

struct block {
    size_t steps;
    const unsigned char *x, *strip;
    size_t stride;             /* bytes from row to row of x */
    size_t x_step, strip_step; /* bytes from k to k */
    float *y;
    size_t ldy;
    bool add;
};

static inline vector load(const void *at)
{
    vector all;

    memcpy(&all, at, sizeof all);
    return all;
}

static inline void store(float *at, vector all)
{
    memcpy(at, &all, sizeof all);
}

/* Called with constants for rows and vectors, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void block_run(const struct block *b, size_t rows,
                                                            size_t vectors, size_t row)
{
    const size_t stride = b->stride, ldy = b->ldy;
    const unsigned char *x = b->x + row * stride, *strip = b->strip;
    float *y = b->y + row * ldy;
    vector sums[TALLEST][WIDE];

    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < vectors; v++)
            sums[r][v] = b->add ? load(y + r * ldy + v * LANES) : (vector){0};
    for (size_t k = b->steps; k > 0; k--, x += b->x_step, strip += b->strip_step) {
        vector right[WIDE];

        for (size_t v = 0; v < vectors; v++) right[v] = load(strip + v * sizeof(vector));
        for (size_t r = 0; r < rows; r++) {
            const vector left = spread(x + r * stride);

            for (size_t v = 0; v < vectors; v++)
                sums[r][v] = multiply_add(left, right[v], sums[r][v]);
        }
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < vectors; v++) store(y + r * ldy + v * LANES, sums[r][v]);
}

static inline __attribute__((always_inline)) void block_rows(const struct block *b, size_t rows,
                                                             size_t vectors)
{
    const size_t tall = TALL(vectors);
    size_t row = 0;

    for (; row + tall <= rows; row += tall) block_run(b, tall, vectors, row);
    for (; row + 4 <= rows; row += 4) block_run(b, 4, vectors, row);
    for (; row + 2 <= rows; row += 2) block_run(b, 2, vectors, row);
    if (row < rows) block_run(b, 1, vectors, row);
}

static void block_columns(const struct block *b, size_t rows, size_t vectors)
{
    switch (vectors) {
    case 1: block_rows(b, rows, 1); break;
    case 2: block_rows(b, rows, 2); break;
#if WIDE > 2
    case 3: block_rows(b, rows, 3); break;
    default: block_rows(b, rows, 4); break;
#endif
    }
}

#endif
