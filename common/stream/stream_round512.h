/* Floats rounded to bf16 by the CPU's own instruction, which takes denormals for nothing. */
#ifndef STREAM_STREAM_ROUND512_H
#define STREAM_STREAM_ROUND512_H

#include "tensor/dtype.h"

#include <immintrin.h>

static void round_floats(const float *x, bf16 *out, size_t count)
{
    size_t i = 0;

    for (; i + 32 <= count; i += 32)
        _mm512_storeu_si512(out + i, (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + i + 16),
                                                                  _mm512_loadu_ps(x + i)));
    for (; i < count; i += 16) {
        const size_t left = count - i < 16 ? count - i : 16;
        const __mmask16 there = (__mmask16)((1U << left) - 1);

        _mm256_mask_storeu_epi16(out + i, there,
                                 (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(there, x + i)));
    }
}

#endif
