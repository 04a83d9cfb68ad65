/* 16 registers of 8 floats: 12 sums, 2 of the strip, one of x. */
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

typedef __m256 vector;
#define LANES 8
#define WIDE 2
#define TALL(vectors) ((vectors) == 2 ? 6 : 12)

static inline vector spread(const void *at)
{
    float a;

    memcpy(&a, at, sizeof a);
    return _mm256_set1_ps(a);
}

static inline vector multiply_add(vector a, vector b, vector c)
{
    return _mm256_fmadd_ps(a, b, c);
}

#include "gemm/kernel_wide.h"

extern const struct kernel kernel_avx2_f32, kernel_avx2_wide;

const struct kernel kernel_avx2_f32 = {.name = "avx2",
                                       .precision = PRECISION_F32,
                                       .needs = CPU_AVX2,
                                       .row_block = 48,
                                       .panel = 2,
                                       .depth = 512,
                                       .multiply = multiply_f32,
                                       .outer = outer_f32};

const struct kernel kernel_avx2_wide = {.name = "avx2-wide",
                                        .precision = PRECISION_BF16,
                                        .needs = CPU_AVX2,
                                        .row_block = 96,
                                        .panel = 2,
                                        .depth = 512,
                                        .multiply = multiply_bf16};
