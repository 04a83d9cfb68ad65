/* How strips are packed: the three moves that it takes, as fast as this CPU makes them. A
 * dword is a float, or two bf16 of neighbouring k. */
#ifndef GEMM_STRIP_H
#define GEMM_STRIP_H

#include "gemm/kernel.h"

enum { STRIP_ROWS = 16 }; /* dwords of a block, and rows that are turned together */

struct strip_packer {
    enum cpu_level needs;

    /* The dwords of 16 rows as columns: out[i * STRIP + n] is dword i of row n, for i below
     * 16 * blocks. */
    void (*turn)(const unsigned char *const *rows, size_t blocks, unsigned char *out);

    /* Two rows of bf16 side by side: out[2 n] is a[n], out[2 n + 1] is b[n]. */
    void (*pair)(const unsigned char *a, const unsigned char *b, size_t count, unsigned char *out);

    /* bf16 as floats. */
    void (*widen)(const unsigned char *at, size_t count, unsigned char *out);
};

extern const struct strip_packer strip_packer_plain, strip_packer_avx2, strip_packer_avx512;

#endif
