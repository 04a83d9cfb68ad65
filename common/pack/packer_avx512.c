#include <immintrin.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tensor/floats.h"

enum { WIDTH = 16 };

typedef float floats __attribute__((vector_size(4 * WIDTH)));
typedef int32_t whole __attribute__((vector_size(4 * WIDTH)));
typedef int8_t eights __attribute__((vector_size(WIDTH)));

static inline floats larger(floats a, floats b)
{
    return (floats)_mm512_max_ps((__m512)a, (__m512)b);
}

static inline floats smaller(floats a, floats b)
{
    return (floats)_mm512_min_ps((__m512)a, (__m512)b);
}

static inline floats root(floats v)
{
    return (floats)_mm512_sqrt_ps((__m512)v);
}

static inline float largest_in(floats v)
{
    return _mm512_reduce_max_ps((__m512)v);
}

#include "pack/packer_table.h"

const struct format_packer format_packer_avx512 = PACKER_TABLE;
