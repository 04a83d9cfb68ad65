#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { WIDTH = 16 };

typedef float floats __attribute__((vector_size(4 * WIDTH)));
typedef uint32_t words __attribute__((vector_size(4 * WIDTH)));

static inline __mmask16 first(size_t n)
{
    return (__mmask16)((1U << n) - 1);
}

static inline floats take_part(const float *x, size_t n)
{
    return (floats)_mm512_maskz_loadu_ps(first(n), x);
}

static inline void put_part(float *y, floats v, size_t n)
{
    _mm512_mask_storeu_ps(y, first(n), (__m512)v);
}

static inline floats fused(floats a, floats b, floats c)
{
    return (floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}

static inline floats larger(floats a, floats b)
{
    return (floats)_mm512_max_ps((__m512)a, (__m512)b);
}

static inline floats smaller(floats a, floats b)
{
    return (floats)_mm512_min_ps((__m512)a, (__m512)b);
}

#include "lanes/lanes_body.h"

const struct lanes lanes_avx512 = LANES_TABLE("avx512");
