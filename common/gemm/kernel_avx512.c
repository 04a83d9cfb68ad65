/* 32 registers of 16 floats: 24 sums, 4 of the strip, one of x. */
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

typedef __m512 vector;
#define LANES 16
#define WIDE 4
#define TALL(vectors) ((vectors) == 4 ? 6 : (vectors) == 3 ? 8 : 12)

static inline vector spread(const void *at)
{
    float a;

    memcpy(&a, at, sizeof a);
    return _mm512_set1_ps(a);
}

static inline vector multiply_add(vector a, vector b, vector c)
{
    return _mm512_fmadd_ps(a, b, c);
}

#include "gemm/kernel_wide.h"

extern const struct kernel kernel_avx512_f32, kernel_avx512_wide;

const struct kernel kernel_avx512_f32 = {.name = "avx512",
                                         .precision = PRECISION_F32,
                                         .needs = CPU_AVX512,
                                         .row_block = 48,
                                         .panel = 3,
                                         .depth = 1024,
                                         .multiply = multiply_f32,
                                         .outer = outer_f32};

const struct kernel kernel_avx512_wide = {.name = "avx512-wide",
                                          .precision = PRECISION_BF16,
                                          .needs = CPU_AVX512,
                                          .row_block = 96,
                                          .panel = 4,
                                          .depth = 1024,
                                          .multiply = multiply_bf16};
