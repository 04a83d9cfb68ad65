/* The rest of kernel_block.h: strips of any number of columns. */
#ifndef GEMM_KERNEL_WHOLE_H
#define GEMM_KERNEL_WHOLE_H

#include "gemm/kernel_block.h"

/* Columns that fill no vector go by way of whole ones on the stack. */
static void block_edge(const struct block *b, size_t rows, size_t columns)
{
    const size_t vectors = (columns + LANES - 1) / LANES;
    float spare[TALLEST * WIDE * LANES] = {0};

    for (size_t row = 0; row < rows; row += TALLEST) {
        const size_t count = rows - row < TALLEST ? rows - row : TALLEST;
        struct block part = *b;

        part.x += row * b->stride;
        part.y = spare;
        part.ldy = WIDE * LANES;
        for (size_t r = 0; r < count && b->add; r++)
            memcpy(spare + r * part.ldy, b->y + (row + r) * b->ldy, columns * sizeof *spare);
        block_columns(&part, count, vectors);
        for (size_t r = 0; r < count; r++)
            memcpy(b->y + (row + r) * b->ldy, spare + r * part.ldy, columns * sizeof *spare);
    }
}

static void block_multiply(struct block block, size_t rows, size_t columns)
{
    const size_t width = WIDE * LANES;

    while (columns > 0) {
        const size_t count = columns < width ? columns : width;

        if (count % LANES)
            block_edge(&block, rows, count);
        else
            block_columns(&block, rows, count / LANES);
        block.strip += count * STEP_BYTES;
        block.y += count;
        columns -= count;
    }
}

/* The rows of x, stride bytes apart, times a packed strip. */
static void strip_multiply(size_t rows, size_t columns, size_t steps, const void *x, size_t stride,
                           const void *strip, float *y, size_t ldy, bool add)
{
    block_multiply((struct block){.steps = steps,
                                  .x = x,
                                  .strip = strip,
                                  .stride = stride,
                                  .x_step = STEP_BYTES,
                                  .strip_step = STRIP_BYTES,
                                  .y = y,
                                  .ldy = ldy,
                                  .add = add},
                   rows, columns);
}

#endif
