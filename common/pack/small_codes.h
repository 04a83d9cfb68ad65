/* Codes of a block of 32 elements by itself, its elements side by side in vectors. */
#ifndef PACK_SMALL_CODES_H
#define PACK_SMALL_CODES_H

#include "pack/lane.h"

/* Toward zero; 0 where that is no number to a processor, as the bytes of ggml's blocks have it. */
static inline int whole_of(float v)
{
    return fabsf(v) < 1e6F ? (int)v : 0;
}

/* The largest size. */
static inline float most_of(const float *restrict x)
{
    floats most = size_of(take(x));

    for (size_t i = WIDTH; i < 32; i += WIDTH) most = larger(most, size_of(take(x + i)));
    return largest_in(most);
}

/* The element of largest size, the first where there are several. */
static inline float extreme(const float *x)
{
    const float most = most_of(x);

    while (fabsf(*x) < most) x++;
    return most > 0 ? *x : 0;
}

/* Codes from 0 to 2 half - 1, the largest element having 0. */
static inline float code_around(const float *restrict x, float half, uint8_t *restrict codes)
{
    const float d = extreme(x) / -half, inverse = d != 0 ? 1 / d : 0;
    const int top = 2 * (int)half - 1;

    for (size_t i = 0; i < 32; i++) {
        const int code = whole_of(x[i] * inverse + (half + 0.5F));

        codes[i] = (uint8_t)(code < top ? code : top);
    }
    return d;
}

/* The least element, of several zeros the first, and how far the largest one is from it. */
static inline float reach(const float *restrict x, float *least)
{
    floats low = take(x), high = low;
    float lows[WIDTH], highs[WIDTH];

    for (size_t i = WIDTH; i < 32; i += WIDTH) {
        low = smaller(take(x + i), low);
        high = larger(take(x + i), high);
    }
    put(lows, low);
    put(highs, high);
    for (size_t i = 1; i < WIDTH; i++) {
        lows[0] = lows[i] < lows[0] ? lows[i] : lows[0];
        highs[0] = highs[i] > highs[0] ? highs[i] : highs[0];
    }
    *least = lows[0];
    if (lows[0] != 0) return highs[0] - lows[0];
    while (*x != 0) x++;
    *least = *x;
    return highs[0] > 0 ? highs[0] : 0;
}

/* Codes from the least element, with the code 0, to the largest one, with the code top. */
static inline float code_between(const float *restrict x, int top, uint8_t *restrict codes,
                                 float *min)
{
    const float d = reach(x, min) / (float)top, low = *min, inverse = d != 0 ? 1 / d : 0;

    for (size_t i = 0; i < 32; i++) {
        const int code = whole_of((x[i] - low) * inverse + 0.5F);

        codes[i] = (uint8_t)(code < top ? code : top);
    }
    return d;
}

#endif
