/* Numbers to compute with in tests: the same ones each time, and what is right for them. */
#ifndef TESTS_NUMBERS_H
#define TESTS_NUMBERS_H

#include "tensor/dtype.h"

/* In (-1, 1), and no two calls alike: seed goes on. */
float number_next(uint64_t *seed);
void numbers_fill(float *x, size_t count, uint64_t *seed);

bool numbers_same(const float *x, const float *y, size_t count); /* bit for bit */

bf16 number_bf16(float x); /* to nearest even */
float number_widened(bf16 x);

#endif
