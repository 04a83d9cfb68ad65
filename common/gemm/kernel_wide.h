/* Kernels made of kernel_whole.h: for floats, and for bf16 widened to floats where the CPU has no
 * instruction for them, or none that is faster. */
#ifndef GEMM_KERNEL_WIDE_H
#define GEMM_KERNEL_WIDE_H

#include "gemm/kernel_whole.h"

static void multiply_f32(size_t rows, size_t columns, size_t depth, const void *x, size_t ldx,
                         const void *strip, float *y, size_t ldy, bool add)
{
    strip_multiply(rows, columns, depth, x, ldx * sizeof(float), strip, y, ldy, add);
}

static void outer_f32(size_t rows, size_t columns, size_t depth, const float *x, size_t ldx,
                      const float *w, size_t ldw, float *y, size_t ldy)
{
    block_multiply((struct block){.steps = depth,
                                  .x = (const unsigned char *)x,
                                  .strip = (const unsigned char *)w,
                                  .stride = sizeof *x,
                                  .x_step = ldx * sizeof *x,
                                  .strip_step = ldw * sizeof *w,
                                  .y = y,
                                  .ldy = ldy,
                                  .add = true},
                   rows, columns);
}

enum { WIDENED = 64 }; /* of k at a time: a strip's part is 16 KiB of floats */

static inline float bits_float(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static void widen_strip(const unsigned char *strip, size_t depth, float *wide)
{
    for (size_t k = 0; k < depth; k += 2, wide += 2L * STRIP, strip += STRIP_BYTES)
        for (size_t n = 0; n < STRIP; n++) {
            uint32_t pair;

            memcpy(&pair, strip + 4 * n, sizeof pair);
            wide[n] = bits_float(pair << 16);
            wide[STRIP + n] = bits_float(pair & 0xffff0000);
        }
}

static void multiply_bf16(size_t rows, size_t columns, size_t depth, const void *x, size_t ldx,
                          const void *strip, float *y, size_t ldy, bool add)
{
    float wide[WIDENED * STRIP], left[TALLEST * WIDENED];

    for (size_t k = 0; k < depth; k += WIDENED) {
        const size_t count = depth - k < WIDENED ? depth - k : WIDENED;

        widen_strip((const unsigned char *)strip + k / 2 * STRIP_BYTES, count, wide);
        for (size_t row = 0; row < rows; row += TALLEST) {
            const size_t tall = rows - row < TALLEST ? rows - row : TALLEST;

            for (size_t r = 0; r < tall; r++) {
                const bf16 *from = (const bf16 *)x + (row + r) * ldx + k;

                for (size_t i = 0; i < count; i++)
                    left[r * WIDENED + i] = bits_float((uint32_t)from[i] << 16);
            }
            multiply_f32(tall, columns, count, left, WIDENED, wide, y + row * ldy, ldy,
                         add || k > 0);
        }
    }
}

#endif
