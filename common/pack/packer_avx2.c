#include <immintrin.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tensor/floats.h"

enum { WIDTH = 8 };

typedef float floats __attribute__((vector_size(4 * WIDTH)));
typedef int32_t whole __attribute__((vector_size(4 * WIDTH)));

static inline floats larger(floats a, floats b)
{
    return (floats)_mm256_max_ps((__m256)a, (__m256)b);
}

static inline floats smaller(floats a, floats b)
{
    return (floats)_mm256_min_ps((__m256)a, (__m256)b);
}

static inline floats root(floats v)
{
    return (floats)_mm256_sqrt_ps((__m256)v);
}

#include "pack/packer_table.h"

const struct format_packer format_packer_avx2 = PACKER_TABLE;
