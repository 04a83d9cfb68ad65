/* In vectors of four, which compilers have instructions for on nearly every CPU. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { WIDTH = 4 };

typedef float floats __attribute__((vector_size(4 * WIDTH)));
typedef uint32_t words __attribute__((vector_size(4 * WIDTH)));

static inline floats take_part(const float *x, size_t n)
{
    floats v = {0};

    for (size_t i = 0; i < n; i++) v[i] = x[i];
    return v;
}

static inline void put_part(float *y, floats v, size_t n)
{
    for (size_t i = 0; i < n; i++) y[i] = v[i];
}

static inline floats fused(floats a, floats b, floats c)
{
    return a * b + c;
}

static inline floats chosen(words which, floats a, floats b)
{
    return (floats)((which & (words)a) | (~which & (words)b));
}

static inline floats larger(floats a, floats b)
{
    return chosen((words)(a > b), a, b);
}

static inline floats smaller(floats a, floats b)
{
    return chosen((words)(a < b), a, b);
}

#include "lanes/lanes_body.h"

const struct lanes lanes_plain = LANES_TABLE("plain");
