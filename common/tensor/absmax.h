/* The largest absolute value, as bits: these are ordered as the numbers are, with infinity and then
 * NaN at the end. */
#ifndef TENSOR_ABSMAX_H
#define TENSOR_ABSMAX_H

#include "tensor/floats.h"

#define ABSMAX_FINITE 0x7f800000 /* all numbers are below */

static inline int32_t absmax_bits(const float *restrict x, size_t count)
{
    int32_t largest = 0;

    for (size_t i = 0; i < count; i++) {
        const int32_t bits = (int32_t)(bits_of_float(x[i]) & 0x7fffffff);

        largest = bits > largest ? bits : largest;
    }
    return largest;
}

#endif
