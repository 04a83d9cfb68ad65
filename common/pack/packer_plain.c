/* In vectors of four, which compilers have instructions for on nearly every CPU. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tensor/floats.h"

enum { WIDTH = 4 };

typedef float floats __attribute__((vector_size(4 * WIDTH)));
typedef int32_t whole __attribute__((vector_size(4 * WIDTH)));
typedef int8_t eights __attribute__((vector_size(WIDTH)));

static inline floats larger(floats a, floats b)
{
    const whole which = a > b;

    return (floats)((which & (whole)a) | (~which & (whole)b));
}

static inline floats smaller(floats a, floats b)
{
    const whole which = a < b;

    return (floats)((which & (whole)a) | (~which & (whole)b));
}

static inline floats root(floats v)
{
    floats r = v;

    for (size_t i = 0; i < WIDTH; i++) r[i] = sqrtf(v[i]);
    return r;
}

static inline float largest_in(floats v)
{
    const float a = v[0] > v[1] ? v[0] : v[1], b = v[2] > v[3] ? v[2] : v[3];

    return a > b ? a : b;
}

#include "pack/packer_table.h"

const struct format_packer format_packer_plain = PACKER_TABLE;
