#include "gemm/strip.h"

#include <immintrin.h>

/* Turns the 4 x 4 dwords within each quarter of 4 rows: quarter q of row j then holds column 4 q +
 * j of the four. */
static void turn_quarters(__m512i *r)
{
    const __m512i a = _mm512_unpacklo_epi32(r[0], r[1]), b = _mm512_unpackhi_epi32(r[0], r[1]);
    const __m512i c = _mm512_unpacklo_epi32(r[2], r[3]), d = _mm512_unpackhi_epi32(r[2], r[3]);

    r[0] = _mm512_unpacklo_epi64(a, c);
    r[1] = _mm512_unpackhi_epi64(a, c);
    r[2] = _mm512_unpacklo_epi64(b, d);
    r[3] = _mm512_unpackhi_epi64(b, d);
}

static void turn_block(const unsigned char *const *rows, size_t from, unsigned char *out)
{
    __m512i r[STRIP_ROWS];

    for (size_t i = 0; i < STRIP_ROWS; i++) r[i] = _mm512_loadu_si512(rows[i] + from);
    for (size_t i = 0; i < STRIP_ROWS; i += 4) turn_quarters(r + i);
    for (size_t j = 0; j < 4; j++) {
        const __m512i a = _mm512_shuffle_i32x4(r[j], r[j + 4], 0x88);
        const __m512i b = _mm512_shuffle_i32x4(r[j], r[j + 4], 0xdd);
        const __m512i c = _mm512_shuffle_i32x4(r[j + 8], r[j + 12], 0x88);
        const __m512i d = _mm512_shuffle_i32x4(r[j + 8], r[j + 12], 0xdd);

        _mm512_storeu_si512(out + 4 * STRIP * j, _mm512_shuffle_i32x4(a, c, 0x88));
        _mm512_storeu_si512(out + 4 * STRIP * (j + 4), _mm512_shuffle_i32x4(b, d, 0x88));
        _mm512_storeu_si512(out + 4 * STRIP * (j + 8), _mm512_shuffle_i32x4(a, c, 0xdd));
        _mm512_storeu_si512(out + 4 * STRIP * (j + 12), _mm512_shuffle_i32x4(b, d, 0xdd));
    }
}

static void turn(const unsigned char *const *rows, size_t blocks, unsigned char *out)
{
    for (size_t i = 0; i < blocks; i++) turn_block(rows, 64 * i, out + 4L * STRIP * STRIP_ROWS * i);
}

static void pair(const unsigned char *a, const unsigned char *b, size_t count, unsigned char *out)
{
    for (size_t n = 0; n < count; n += 16) {
        const size_t left = count - n < 16 ? count - n : 16;
        const __mmask16 there = (__mmask16)((1U << left) - 1);
        const __m512i low = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, a + 2 * n));
        const __m512i high = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, b + 2 * n));

        _mm512_mask_storeu_epi32(out + 4 * n, there,
                                 _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
    }
}

static void widen(const unsigned char *at, size_t count, unsigned char *out)
{
    for (size_t n = 0; n < count; n += 16) {
        const size_t left = count - n < 16 ? count - n : 16;
        const __mmask16 there = (__mmask16)((1U << left) - 1);
        const __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, at + 2 * n));

        _mm512_mask_storeu_epi32(out + 4 * n, there, _mm512_slli_epi32(wide, 16));
    }
}

const struct strip_packer strip_packer_avx512 = {CPU_AVX512, turn, pair, widen};
