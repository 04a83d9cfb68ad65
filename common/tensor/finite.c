#include "tensor/finite.h"

#include "tensor/load.h"

/* Where the F16 scales of a block stand; the second may be the first again. */
struct places {
    unsigned char first, second;
};

static const struct places places[DTYPE_COUNT] = {
    [DTYPE_Q4_1] = {0, 2},     [DTYPE_Q5_1] = {0, 2},    [DTYPE_Q2_K] = {80, 82},
    [DTYPE_Q3_K] = {108, 108}, [DTYPE_Q4_K] = {0, 2},    [DTYPE_Q5_K] = {0, 2},
    [DTYPE_Q6_K] = {208, 208}, [DTYPE_TQ1_0] = {52, 52}, [DTYPE_TQ2_0] = {64, 64},
};

/* An exponent of all ones is that of no number. */
static bool of_two_bytes(const unsigned char *at, size_t stride, size_t count, uint16_t exponent)
{
    uint16_t bad = 0;

    for (size_t i = 0; i < count; i++) {
        const uint16_t bits = (uint16_t)(load_u16(at + i * stride) & exponent);

        bad |= bits == exponent;
    }
    return !bad;
}

/* The same where they stand side by side, which becomes vector code. */
static bool of_halves(const unsigned char *at, size_t count, uint16_t exponent)
{
    return of_two_bytes(at, 2, count, exponent);
}

static bool of_singles(const unsigned char *at, size_t count)
{
    const uint32_t exponent = 0x7f800000;
    uint32_t bad = 0;

    for (size_t i = 0; i < count; i++) bad |= (load_u32(at + 4 * i) & exponent) == exponent;
    return !bad;
}

/* Those that are rounded to an infinite float, too. */
static bool of_doubles(const unsigned char *at, size_t count)
{
    const uint64_t first = 0x47effffff0000000;
    uint64_t bad = 0;

    for (size_t i = 0; i < count; i++) bad |= (load_u64(at + 8 * i) & INT64_MAX) >= first;
    return !bad;
}

/* Above 252 the largest elements are no floats any more; 255 stands for NaN. */
static bool of_powers(const unsigned char *at, size_t stride, size_t count)
{
    unsigned char bad = 0;

    for (size_t i = 0; i < count; i++) bad |= at[i * stride] > 252;
    return !bad;
}

bool finite_elements(enum dtype dtype, const unsigned char *at, size_t count)
{
    const struct dtype_info *info = dtype_info(dtype);
    const size_t blocks = count / info->elements;

    switch (dtype) {
    case DTYPE_F64: return of_doubles(at, count);
    case DTYPE_F32: return of_singles(at, count);
    case DTYPE_F16: return of_halves(at, count, 0x7c00);
    case DTYPE_BF16: return of_halves(at, count, 0x7f80);
    case DTYPE_MXFP4: return of_powers(at, info->bytes, blocks);
    default: break;
    }
    if (info->elements == 1) return true;
    return of_two_bytes(at + places[dtype].first, info->bytes, blocks, 0x7c00) &&
           of_two_bytes(at + places[dtype].second, info->bytes, blocks, 0x7c00);
}
