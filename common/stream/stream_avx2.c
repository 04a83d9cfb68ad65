/* Eight floats at once. */
#include <immintrin.h>

#define V __m256
#define LANES 8
#define TILE_ROWS 4
#define v_load(at) _mm256_loadu_ps((const void *)(at))
#define v_store(at, v) _mm256_storeu_ps(at, v)
#define v_fma(a, b, c) _mm256_fmadd_ps(a, b, c)
/* One load for several products: left alone, gcc loads for each. */
#define v_hold(v) __asm__("" : "+x"(v))

/* Of each vector the upper half is added to the lower one until one float is left; here of eight at
 * once, that move together into fewer vectors. */
static inline __m256 halves(__m256 a, __m256 b)
{
    return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}

static inline __m256 quarters(__m256 a, __m256 b)
{
    return _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xee));
}

static inline __m256 fold_eight(const float *at)
{
    const __m256i order = _mm256_setr_epi32(0, 4, 2, 6, 1, 5, 3, 7);
    const __m256 a = halves(v_load(at), v_load(at + 8));
    const __m256 b = halves(v_load(at + 16), v_load(at + 24));
    const __m256 c = halves(v_load(at + 32), v_load(at + 40));
    const __m256 d = halves(v_load(at + 48), v_load(at + 56));
    const __m256 first = quarters(a, c), last = quarters(b, d);
    const __m256 sums =
        _mm256_add_ps(_mm256_shuffle_ps(first, last, 0x88), _mm256_shuffle_ps(first, last, 0xdd));

    return _mm256_permutevar8x32_ps(sums, order);
}

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
static inline __m256 half(const unsigned char *at)
{
    return _mm256_cvtph_ps(_mm_set1_epi16((short)load_u16(at)));
}

/* Codes of 32 bytes with a sign. */
static inline void signed_bytes(__m256i bytes, V *w)
{
    const __m128i low = _mm256_castsi256_si128(bytes), high = _mm256_extracti128_si256(bytes, 1);

    w[0] = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(low));
    w[1] = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_unpackhi_epi64(low, low)));
    w[2] = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(high));
    w[3] = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_unpackhi_epi64(high, high)));
}

static inline void multiply(V *w, V by)
{
    for (size_t i = 0; i < 4; i++) w[i] = _mm256_mul_ps(w[i], by);
}

static inline void multiply_add(V *w, V by, V add)
{
    for (size_t i = 0; i < 4; i++) w[i] = _mm256_add_ps(_mm256_mul_ps(w[i], by), add);
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
    for (size_t i = 0; i < 4; i++) w[i] = _mm256_cvtph_ps(load16(at + 16 * i));
}

static inline void bf16_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    for (size_t i = 0; i < 4; i++)
        w[i] =
            _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(load16(at + 16 * i)), 16));
}

static inline void i8_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    signed_bytes(load32(at), w);
}

static inline void q8_0_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    signed_bytes(load32(at + 2), w);
    multiply(w, half(at));
}

/* The low halves of 16 bytes, then the high ones. */
static inline __m256i nibbles(const unsigned char *at)
{
    const __m128i bytes = load16(at);

    return _mm256_and_si256(_mm256_set_m128i(_mm_srli_epi16(bytes, 4), bytes),
                            _mm256_set1_epi8(15));
}

/* Sixteen in the bytes whose bit is set. */
static inline __m256i sixteens(uint32_t bits)
{
    const __m256i places = _mm256_setr_epi64x(0x0000000000000000, 0x0101010101010101,
                                              0x0202020202020202, 0x0303030303030303);
    const __m256i each = _mm256_set1_epi64x((long long)0x8040201008040201);
    const __m256i spread = _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), places);
    const __m256i set = _mm256_cmpeq_epi8(_mm256_and_si256(spread, each), each);

    return _mm256_and_si256(set, _mm256_set1_epi8(16));
}

static inline void q4_0_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    signed_bytes(_mm256_sub_epi8(nibbles(at + 2), _mm256_set1_epi8(8)), w);
    multiply(w, half(at));
}

static inline void q4_1_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    signed_bytes(nibbles(at + 4), w);
    multiply_add(w, half(at), half(at + 2));
}

static inline void q5_0_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m256i codes = _mm256_or_si256(nibbles(at + 6), sixteens(load_u32(at + 2)));

    (void)scales, (void)p;
    signed_bytes(_mm256_sub_epi8(codes, _mm256_set1_epi8(16)), w);
    multiply(w, half(at));
}

static inline void q5_1_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    (void)scales, (void)p;
    signed_bytes(_mm256_or_si256(nibbles(at + 8), sixteens(load_u32(at + 4))), w);
    multiply_add(w, half(at), half(at + 2));
}

/* Eight scales and eight minima of 6 bits: see kquants.c for how they lie. */
static inline void q4_k_begin(const unsigned char *at, struct scales *scales)
{
    const uint32_t a = load_u32(at + 4), b = load_u32(at + 8), c = load_u32(at + 12);
    const uint32_t six = 0x3f3f3f3f, four = 0x0f0f0f0f, two = 0x30303030;
    const uint64_t scale = (a & six) | (uint64_t)((c & four) | (a >> 2 & two)) << 32;
    const uint64_t min = (b & six) | (uint64_t)((c >> 4 & four) | (b >> 2 & two)) << 32;
    const __m256i first = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)scale));
    const __m256i second = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)min));

    v_store(scales->scale, _mm256_mul_ps(_mm256_cvtepi32_ps(first), half(at)));
    v_store(scales->scale + 8, _mm256_mul_ps(_mm256_cvtepi32_ps(second), half(at + 2)));
}

static inline void range(__m256i codes, const struct scales *scales, size_t group, V *w)
{
    const __m256 scale = _mm256_set1_ps(scales->scale[group]);
    const __m256 min = _mm256_set1_ps(scales->scale[group + 8]);

    signed_bytes(codes, w);
    for (size_t i = 0; i < 4; i++) w[i] = _mm256_sub_ps(_mm256_mul_ps(w[i], scale), min);
}

static inline void q4_k_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m256i codes = load32(at + 16 + 32 * p), four = _mm256_set1_epi8(15);

    range(_mm256_and_si256(codes, four), scales, 2 * p, w);
    range(_mm256_and_si256(_mm256_srli_epi16(codes, 4), four), scales, 2 * p + 1, w + 4);
}

/* Sixteen in the bytes whose lowest bit is set. */
static inline __m256i fifth(__m256i bytes)
{
    return _mm256_slli_epi16(_mm256_and_si256(bytes, _mm256_set1_epi8(1)), 4);
}

#define q5_k_begin q4_k_begin

static inline void q5_k_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m256i codes = load32(at + 48 + 32 * p), four = _mm256_set1_epi8(15);
    const __m256i high = _mm256_srl_epi16(load32(at + 16), _mm_cvtsi64_si128((long long)p * 2));
    const __m256i low = _mm256_and_si256(codes, four);
    const __m256i top = _mm256_and_si256(_mm256_srli_epi16(codes, 4), four);

    range(_mm256_or_si256(low, fifth(high)), scales, 2 * p, w);
    range(_mm256_or_si256(top, fifth(_mm256_srli_epi16(high, 1))), scales, 2 * p + 1, w + 4);
}

static inline void q6_k_begin(const unsigned char *at, struct scales *scales)
{
    const __m128i bytes = load16(at + 192);
    const __m256i first = _mm256_cvtepi8_epi32(bytes);
    const __m256i second = _mm256_cvtepi8_epi32(_mm_unpackhi_epi64(bytes, bytes));

    v_store(scales->scale, _mm256_mul_ps(half(at + 208), _mm256_cvtepi32_ps(first)));
    v_store(scales->scale + 8, _mm256_mul_ps(half(at + 208), _mm256_cvtepi32_ps(second)));
}

/* 32 codes with their upper bits at bit 4, and two scales. */
static inline void sixes(__m256i low, __m256i high, const float *scale, V *w)
{
    const __m256i all = _mm256_or_si256(_mm256_and_si256(low, _mm256_set1_epi8(15)),
                                        _mm256_and_si256(high, _mm256_set1_epi8(0x30)));

    signed_bytes(_mm256_sub_epi8(all, _mm256_set1_epi8(32)), w);
    for (size_t i = 0; i < 4; i++) w[i] = _mm256_mul_ps(w[i], _mm256_set1_ps(scale[i / 2]));
}

static inline void q6_k_part(const unsigned char *at, const struct scales *scales, size_t p, V *w)
{
    const __m256i first = load32(at + 64 * p), second = load32(at + 64 * p + 32);
    const __m256i high = load32(at + 128 + 32 * p);
    const float *scale = scales->scale + 8 * p;

    sixes(first, _mm256_slli_epi16(high, 4), scale, w);
    sixes(second, _mm256_slli_epi16(high, 2), scale + 2, w + 4);
    sixes(_mm256_srli_epi16(first, 4), high, scale + 4, w + 8);
    sixes(_mm256_srli_epi16(second, 4), _mm256_srli_epi16(high, 2), scale + 6, w + 12);
}

WIDE_ALL_FORMS

const struct stream_cpu stream_avx2 = {.name = "avx2",
                                       .needs = CPU_AVX2,
                                       .lanes = LANES,
                                       .any_address = true,
                                       .forms = WIDE_FORMS,
                                       .tile = tile,
                                       .fold = fold};
