/* Sixteen floats at once. Codes of four bits are looked up in a register that holds the sixteen
 * floats they stand for, scaled; permutexvar goes by the low four bits of each index alone. */
#include <immintrin.h>

#define V __m512
#define LANES 16
#define TILE_ROWS 8
#define v_load(at) _mm512_loadu_ps(at)
#define v_store(at, v) _mm512_storeu_ps(at, v)
#define v_fma(a, b, c) _mm512_fmadd_ps(a, b, c)
/* One load for several products: left alone, gcc loads for each. */
#define v_hold(v) __asm__("" : "+v"(v))

#include "stream/stream_fold512.h"
#include "stream/stream_forms.h"
#include "stream/stream_tile.h"
#include "tensor/blocks.h"
#include "tensor/kquants.h"

static inline __m128i load16(const unsigned char *at)
{
    return _mm_loadu_si128((const void *)at);
}

static inline __m256i load32(const unsigned char *at)
{
    return _mm256_loadu_si256((const void *)at);
}

/* The F16 at this place, in all lanes. */
static inline __m512 half(const unsigned char *at)
{
    return _mm512_cvtph_ps(_mm256_set1_epi16((short)load_u16(at)));
}

static inline __m512 signed_bytes(__m128i bytes)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes));
}

static inline __m512 iota(float from)
{
    return _mm512_add_ps(_mm512_set1_ps(from),
                         _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

static inline void no_scales(const unsigned char *at, struct scales *scales)
{
    (void)at, (void)scales;
}

#define f16_begin no_scales
#define bf16_begin no_scales
#define i8_begin no_scales
#define q8_0_begin no_scales
#define q4_0_begin no_scales
#define q4_1_begin no_scales
#define q5_0_begin no_scales
#define q5_1_begin no_scales

static inline void f16_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    w[0] = _mm512_cvtph_ps(load32(at));
    w[1] = _mm512_cvtph_ps(load32(at + 32));
}

static inline void bf16_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    for (size_t i = 0; i < 2; i++)
        w[i] =
            _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(load32(at + 32 * i)), 16));
}

static inline void i8_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    w[0] = signed_bytes(load16(at));
    w[1] = signed_bytes(load16(at + 16));
}

static inline void q8_0_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m512 d = half(at);

    i8_part(at + 2, scales, p, w);
    w[0] = _mm512_mul_ps(w[0], d);
    w[1] = _mm512_mul_ps(w[1], d);
}

/* 16 bytes: their low halves by the one table, then their high halves. */
static inline void nibbles(__m128i bytes, __m512 table, V *low, V *high)
{
    const __m512i codes = _mm512_cvtepu8_epi32(bytes);

    *low = _mm512_permutexvar_ps(codes, table);
    *high = _mm512_permutexvar_ps(_mm512_srli_epi32(codes, 4), table);
}

static inline void q4_0_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    nibbles(load16(at + 2), _mm512_mul_ps(iota(-8), half(at)), &w[0], &w[1]);
}

static inline void q4_1_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    nibbles(load16(at + 4), _mm512_add_ps(_mm512_mul_ps(iota(0), half(at)), half(at + 2)), &w[0],
            &w[1]);
}

/* As nibbles, by the second table where the fifth bit is set. */
static inline void fives(__m128i bytes, uint32_t fifth, __m512 first, __m512 second, V *w)
{
    const __m512i low = _mm512_cvtepu8_epi32(bytes), high = _mm512_srli_epi32(low, 4);

    w[0] = _mm512_permutexvar_ps(low, first);
    w[1] = _mm512_permutexvar_ps(high, first);
    w[0] = _mm512_mask_permutexvar_ps(w[0], (__mmask16)fifth, low, second);
    w[1] = _mm512_mask_permutexvar_ps(w[1], (__mmask16)(fifth >> 16), high, second);
}

static inline void q5_0_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m512 d = half(at);

    (void)scales, (void)p;
    fives(load16(at + 6), load_u32(at + 2), _mm512_mul_ps(iota(-16), d), _mm512_mul_ps(iota(0), d),
          w);
}

static inline void q5_1_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m512 d = half(at), m = half(at + 2);

    (void)scales, (void)p;
    fives(load16(at + 8), load_u32(at + 4), _mm512_add_ps(_mm512_mul_ps(iota(0), d), m),
          _mm512_add_ps(_mm512_mul_ps(iota(16), d), m), w);
}

/* Eight scales and eight minima of 6 bits: see kquants.c for how they lie. */
static inline void q4_k_begin(const unsigned char *at, struct scales *scales)
{
    const uint32_t a = load_u32(at + 4), b = load_u32(at + 8), c = load_u32(at + 12);
    const uint32_t six = 0x3f3f3f3f, four = 0x0f0f0f0f, two = 0x30303030;
    const uint64_t scale = (a & six) | (uint64_t)((c & four) | (a >> 2 & two)) << 32;
    const uint64_t min = (b & six) | (uint64_t)((c >> 4 & four) | (b >> 2 & two)) << 32;
    const __m512i codes = _mm512_cvtepu8_epi32(_mm_set_epi64x((long long)min, (long long)scale));
    const __m512 by = _mm512_mask_blend_ps(0xff00, half(at), half(at + 2));

    v_store(scales->scale, _mm512_mul_ps(_mm512_cvtepi32_ps(codes), by));
}

/* What the codes from this one on stand for in a group. */
static inline __m512 range(const struct scales *scales, size_t group, float from)
{
    const __m512 scaled = _mm512_mul_ps(iota(from), _mm512_set1_ps(scales->scale[group]));

    return _mm512_sub_ps(scaled, _mm512_set1_ps(scales->scale[group + 8]));
}

static inline void q4_k_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m512 first = range(scales, 2 * p, 0), second = range(scales, 2 * p + 1, 0);

    for (size_t i = 0; i < 2; i++) {
        const __m512i codes = _mm512_cvtepu8_epi32(load16(at + 16 + 32 * p + 16 * i));

        w[i] = _mm512_permutexvar_ps(codes, first);
        w[i + 2] = _mm512_permutexvar_ps(_mm512_srli_epi32(codes, 4), second);
    }
}

#define q5_k_begin q4_k_begin

static inline void q5_k_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m256i high = load32(at + 16);
    const uint32_t odd = _mm256_test_epi8_mask(high, _mm256_set1_epi8((char)(2 << 2 * p)));
    const uint32_t even = _mm256_test_epi8_mask(high, _mm256_set1_epi8((char)(1 << 2 * p)));

    q4_k_part(at + 32, scales, p, w);
    for (size_t i = 0; i < 2; i++) {
        const __m512i codes = _mm512_cvtepu8_epi32(load16(at + 48 + 32 * p + 16 * i));

        w[i] = _mm512_mask_permutexvar_ps(w[i], (__mmask16)(even >> 16 * i), codes,
                                          range(scales, 2 * p, 16));
        w[i + 2] =
            _mm512_mask_permutexvar_ps(w[i + 2], (__mmask16)(odd >> 16 * i),
                                       _mm512_srli_epi32(codes, 4), range(scales, 2 * p + 1, 16));
    }
}

static inline void q6_k_begin(const unsigned char *at, struct scales *scales)
{
    v_store(scales->scale, _mm512_mul_ps(half(at + 208), signed_bytes(load16(at + 192))));
}

/* 32 codes with their upper bits at bit 4, and two scales. */
static inline void sixes(__m256i low, __m256i high, const float *scale, V *w)
{
    const __m256i all = _mm256_or_si256(_mm256_and_si256(low, _mm256_set1_epi8(15)),
                                        _mm256_and_si256(high, _mm256_set1_epi8(0x30)));
    const __m256i codes = _mm256_sub_epi8(all, _mm256_set1_epi8(32));

    w[0] = _mm512_mul_ps(signed_bytes(_mm256_castsi256_si128(codes)), _mm512_set1_ps(scale[0]));
    w[1] =
        _mm512_mul_ps(signed_bytes(_mm256_extracti128_si256(codes, 1)), _mm512_set1_ps(scale[1]));
}

static inline void q6_k_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m256i first = load32(at + 64 * p), second = load32(at + 64 * p + 32);
    const __m256i high = load32(at + 128 + 32 * p);
    const float *scale = scales->scale + 8 * p;

    sixes(first, _mm256_slli_epi16(high, 4), scale, w);
    sixes(second, _mm256_slli_epi16(high, 2), scale + 2, w + 2);
    sixes(_mm256_srli_epi16(first, 4), high, scale + 4, w + 4);
    sixes(_mm256_srli_epi16(second, 4), _mm256_srli_epi16(high, 2), scale + 6, w + 6);
}

WIDE_ALL_FORMS

const struct stream_cpu stream_avx512 = {.name = "avx512",
                                         .needs = CPU_AVX512,
                                         .lanes = LANES,
                                         .any_address = true,
                                         .forms = WIDE_FORMS,
                                         .tile = tile,
                                         .fold = fold};
