/* Floats to compute with, and whether what came out is the same. */
#ifndef TESTS_NOISE_H
#define TESTS_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Evenly from -1 to 1, the same in each run. */
__attribute__((unused)) static void noise(float *x, size_t n, uint32_t seed)
{
    uint64_t state = seed + UINT64_C(0x9e3779b97f4a7c15);

    for (size_t i = 0; i < n; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        x[i] = (float)(int32_t)(state >> 32) / 2147483648.0F;
    }
}

/* Bit for bit: unlike ==, which takes 0 for -0 and no NaN for itself. */
__attribute__((unused)) static bool same_bits(const void *a, const void *b, size_t bytes)
{
    return memcmp(a, b, bytes) == 0;
}

#endif
