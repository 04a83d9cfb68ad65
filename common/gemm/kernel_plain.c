/* For CPUs that nothing else is for, and to hold all others against: 4 floats at a time, which most
 * CPUs have instructions for. */
#include <stddef.h>
#include <string.h>

typedef float vector __attribute__((vector_size(16)));
#define LANES 4
#define WIDE 2
#define TALL(vectors) 4

static inline vector spread(const void *at)
{
    float a;

    memcpy(&a, at, sizeof a);
    return (vector){a, a, a, a};
}

static inline vector multiply_add(vector a, vector b, vector c)
{
    return a * b + c;
}

#include "gemm/kernel_wide.h"

extern const struct kernel kernel_plain_f32, kernel_plain_wide;

const struct kernel kernel_plain_f32 = {.name = "plain",
                                        .precision = PRECISION_F32,
                                        .needs = CPU_PLAIN,
                                        .row_block = 48,
                                        .panel = 2,
                                        .depth = 512,
                                        .multiply = multiply_f32,
                                        .outer = outer_f32};

const struct kernel kernel_plain_wide = {.name = "plain-wide",
                                         .precision = PRECISION_BF16,
                                         .needs = CPU_PLAIN,
                                         .row_block = 96,
                                         .panel = 2,
                                         .depth = 512,
                                         .multiply = multiply_bf16};
