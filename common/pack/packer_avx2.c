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
typedef int8_t eights __attribute__((vector_size(WIDTH)));

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

static inline float largest_in(floats v)
{
    __m128 four =
        _mm_max_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));

    four = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(four, _mm_movehdup_ps(four)));
}

#include "pack/packer_table.h"

const struct format_packer format_packer_avx2 = PACKER_TABLE;
