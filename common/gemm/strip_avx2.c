#include "gemm/strip.h"

#include <immintrin.h>

static __m256i row_part(const unsigned char *at)
{
    return _mm256_loadu_si256((const void *)at);
}

static void turn_quarters(__m256i *r)
{
    const __m256i a = _mm256_unpacklo_epi32(r[0], r[1]), b = _mm256_unpackhi_epi32(r[0], r[1]);
    const __m256i c = _mm256_unpacklo_epi32(r[2], r[3]), d = _mm256_unpackhi_epi32(r[2], r[3]);

    r[0] = _mm256_unpacklo_epi64(a, c);
    r[1] = _mm256_unpackhi_epi64(a, c);
    r[2] = _mm256_unpacklo_epi64(b, d);
    r[3] = _mm256_unpackhi_epi64(b, d);
}

/* 8 rows by 8 dwords. */
static void turn_square(const unsigned char *const *rows, size_t from, unsigned char *out)
{
    __m256i r[8];

    for (size_t i = 0; i < 8; i++) r[i] = row_part(rows[i] + from);
    turn_quarters(r);
    turn_quarters(r + 4);
    for (size_t j = 0; j < 4; j++) {
        _mm256_storeu_si256((void *)(out + 4 * STRIP * j),
                            _mm256_permute2x128_si256(r[j], r[j + 4], 0x20));
        _mm256_storeu_si256((void *)(out + 4 * STRIP * (j + 4)),
                            _mm256_permute2x128_si256(r[j], r[j + 4], 0x31));
    }
}

static void turn(const unsigned char *const *rows, size_t blocks, unsigned char *out)
{
    for (size_t i = 0; i < 2 * blocks; i++) {
        turn_square(rows, 32 * i, out + 4L * STRIP * 8 * i);
        turn_square(rows + 8, 32 * i, out + 4L * STRIP * 8 * i + 32);
    }
}

static void pair(const unsigned char *a, const unsigned char *b, size_t count, unsigned char *out)
{
    size_t n = 0;

    for (; n + 8 <= count; n += 8) {
        const __m256i low = _mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)(a + 2 * n)));
        const __m256i high = _mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)(b + 2 * n)));

        _mm256_storeu_si256((void *)(out + 4 * n),
                            _mm256_or_si256(low, _mm256_slli_epi32(high, 16)));
    }
    strip_packer_plain.pair(a + 2 * n, b + 2 * n, count - n, out + 4 * n);
}

static void widen(const unsigned char *at, size_t count, unsigned char *out)
{
    size_t n = 0;

    for (; n + 8 <= count; n += 8) {
        const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)(at + 2 * n)));

        _mm256_storeu_si256((void *)(out + 4 * n), _mm256_slli_epi32(wide, 16));
    }
    strip_packer_plain.widen(at + 2 * n, count - n, out + 4 * n);
}

const struct strip_packer strip_packer_avx2 = {CPU_AVX2, turn, pair, widen};
