/* Pairs of bf16 by vdpbf16ps: twice the rate of fp32 on AMD's CPUs, half of it on Intel's. */
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

typedef __m512 vector;
#define LANES 16
#define WIDE 4
#define TALL(vectors) ((vectors) == 4 ? 6 : (vectors) == 3 ? 8 : 12)

static inline vector spread(const void *at)
{
    float pair;

    memcpy(&pair, at, sizeof pair);
    return _mm512_set1_ps(pair);
}

static inline vector multiply_add(vector a, vector b, vector c)
{
    return _mm512_dpbf16_ps(c, (__m512bh)a, (__m512bh)b);
}

#include "gemm/kernel_whole.h"

/* The last of an odd depth has no other half in x. */
static void multiply_last(size_t rows, size_t columns, const bf16 *x, size_t ldx,
                          const unsigned char *strip, float *y, size_t ldy, bool add)
{
    uint32_t last[TALLEST];

    for (size_t row = 0; row < rows; row += TALLEST) {
        const size_t tall = rows - row < TALLEST ? rows - row : TALLEST;

        for (size_t r = 0; r < tall; r++) last[r] = x[(row + r) * ldx];
        strip_multiply(tall, columns, 1, last, sizeof *last, strip, y + row * ldy, ldy, add);
    }
}

static void multiply(size_t rows, size_t columns, size_t depth, const void *x, size_t ldx,
                     const void *strip, float *y, size_t ldy, bool add)
{
    const size_t pairs = depth / 2;

    if (pairs > 0) strip_multiply(rows, columns, pairs, x, ldx * sizeof(bf16), strip, y, ldy, add);
    if (depth % 2)
        multiply_last(rows, columns, (const bf16 *)x + depth - 1, ldx,
                      (const unsigned char *)strip + pairs * STRIP_BYTES, y, ldy, add || pairs > 0);
}

extern const struct kernel kernel_avx512bf16;

const struct kernel kernel_avx512bf16 = {.name = "avx512bf16",
                                         .precision = PRECISION_BF16,
                                         .needs = CPU_AVX512BF16,
                                         .row_block = 48,
                                         .panel = 2,
                                         .depth = 2048,
                                         .multiply = multiply};
