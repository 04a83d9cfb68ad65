/* Is everything in a run of elements a number? Read as fast as memory gives it: of blocks only the
 * scales are looked at, because all codes are numbers. */
#ifndef TENSOR_FINITE_H
#define TENSOR_FINITE_H

#include "tensor/dtype.h"

/* False when one of so many elements, whole blocks, is NaN or infinite as a float. */
bool finite_elements(enum dtype dtype, const unsigned char *at, size_t count);

#endif
