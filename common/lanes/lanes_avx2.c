#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { WIDTH = 8 };

typedef float floats __attribute__((vector_size(4 * WIDTH)));
typedef uint32_t words __attribute__((vector_size(4 * WIDTH)));

static inline __m256i first(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline floats take_part(const float *x, size_t n)
{
    return (floats)_mm256_maskload_ps(x, first(n));
}

static inline void put_part(float *y, floats v, size_t n)
{
    _mm256_maskstore_ps(y, first(n), (__m256)v);
}

static inline floats fused(floats a, floats b, floats c)
{
    return (floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}

static inline floats larger(floats a, floats b)
{
    return (floats)_mm256_max_ps((__m256)a, (__m256)b);
}

static inline floats smaller(floats a, floats b)
{
    return (floats)_mm256_min_ps((__m256)a, (__m256)b);
}

#include "lanes/lanes_body.h"

const struct lanes lanes_avx2 = LANES_TABLE("avx2");
