#include "unit/numbers.h"

#include <string.h>

float number_next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (float)(int32_t)(*seed >> 40) * 0x1p-23F - 1;
}

void numbers_fill(float *x, size_t count, uint64_t *seed)
{
    for (size_t i = 0; i < count; i++) x[i] = number_next(seed);
}

bool numbers_same(const float *x, const float *y, size_t count)
{
    return memcmp((const unsigned char *)x, (const unsigned char *)y, count * sizeof *x) == 0;
}

bf16 number_bf16(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return (bf16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float number_widened(bf16 x)
{
    const uint32_t bits = (uint32_t)x << 16;
    float wide;

    memcpy(&wide, &bits, sizeof wide);
    return wide;
}
