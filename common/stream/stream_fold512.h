/* Sums of sixteen lanes. */
#ifndef STREAM_STREAM_FOLD512_H
#define STREAM_STREAM_FOLD512_H

#include <immintrin.h>

/* Of each vector the upper half is added to the lower one until one float is left; here of eight at
 * once, that move together into fewer vectors. */
static inline __m512 halves(__m512 a, __m512 b)
{
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
}

static inline __m512 quarters(__m512 a, __m512 b)
{
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
}

static inline __m256 fold_eight(const float *at)
{
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m512 a = halves(_mm512_loadu_ps(at), _mm512_loadu_ps(at + 16));
    const __m512 b = halves(_mm512_loadu_ps(at + 32), _mm512_loadu_ps(at + 48));
    const __m512 c = halves(_mm512_loadu_ps(at + 64), _mm512_loadu_ps(at + 80));
    const __m512 d = halves(_mm512_loadu_ps(at + 96), _mm512_loadu_ps(at + 112));
    const __m512 first = quarters(a, b), last = quarters(c, d);
    const __m512 pairs =
        _mm512_add_ps(_mm512_shuffle_ps(first, last, 0x44), _mm512_shuffle_ps(first, last, 0xee));
    const __m512 sums = _mm512_add_ps(pairs, _mm512_movehdup_ps(pairs));

    return _mm512_castps512_ps256(_mm512_permutexvar_ps(order, sums));
}

#endif
