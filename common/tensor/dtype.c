#include "tensor/dtype.h"

#include "tensor/blocks.h"
#include "tensor/kquants.h"

#include <assert.h>

static void f64_to_f32(const unsigned char *restrict at, float *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = load_u64(at + 8 * i);
        double value;

        memcpy(&value, &bits, sizeof value);
        out[i] = (float)value;
    }
}

static void f64_to_bf16(const unsigned char *restrict at, bf16 *restrict out, size_t count)
{
    float value;

    for (size_t i = 0; i < count; i++) {
        f64_to_f32(at + 8 * i, &value, 1);
        out[i] = bf16_of_float(value);
    }
}

static void f32_to_f32(const unsigned char *restrict at, float *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = float_of_bits(load_u32(at + 4 * i));
}

static void f32_to_bf16(const unsigned char *restrict at, bf16 *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = bf16_of_float(float_of_bits(load_u32(at + 4 * i)));
}

static void f16_to_f32(const unsigned char *restrict at, float *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = float_of_half(load_u16(at + 2 * i));
}

static void f16_to_bf16(const unsigned char *restrict at, bf16 *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = bf16_of_float(float_of_half(load_u16(at + 2 * i)));
}

static void bf16_to_f32(const unsigned char *restrict at, float *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = float_of_bf16(load_u16(at + 2 * i));
}

static void bf16_to_bf16(const unsigned char *restrict at, bf16 *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = load_u16(at + 2 * i);
}

/* Whole numbers, each as the float it is; whoever has scales for them multiplies. */
static void i8_to_f32(const unsigned char *restrict at, float *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = (float)(int8_t)at[i];
}

static void i8_to_bf16(const unsigned char *restrict at, bf16 *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = bf16_of_float((float)(int8_t)at[i]);
}

static void u8_to_f32(const unsigned char *restrict at, float *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = (float)at[i];
}

static void u8_to_bf16(const unsigned char *restrict at, bf16 *restrict out, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = bf16_of_float((float)at[i]);
}

/* A row of ggml's name in capitals and the name of its functions. */
#define BLOCKS(NAME, functions, ggml, elements)                                                    \
    [DTYPE_##NAME] = {                                                                             \
        #NAME, NULL, ggml, elements, NAME##_BYTES, true, functions##_to_f32, functions##_to_bf16}

static const struct dtype_info table[DTYPE_COUNT] = {
    [DTYPE_F64] = {"F64", "F64", 28, 1, 8, true, f64_to_f32, f64_to_bf16},
    [DTYPE_F32] = {"F32", "F32", 0, 1, 4, true, f32_to_f32, f32_to_bf16},
    [DTYPE_F16] = {"F16", "F16", 1, 1, 2, true, f16_to_f32, f16_to_bf16},
    [DTYPE_BF16] = {"BF16", "BF16", 30, 1, 2, true, bf16_to_f32, bf16_to_bf16},
    [DTYPE_I64] = {"I64", "I64", 27, 1, 8, false, NULL, NULL},
    [DTYPE_I32] = {"I32", "I32", 26, 1, 4, false, NULL, NULL},
    [DTYPE_I16] = {"I16", "I16", 25, 1, 2, false, NULL, NULL},
    [DTYPE_I8] = {"I8", "I8", 24, 1, 1, false, i8_to_f32, i8_to_bf16},
    [DTYPE_U8] = {"U8", "U8", DTYPE_NO_GGML, 1, 1, false, u8_to_f32, u8_to_bf16},
    [DTYPE_BOOL] = {"BOOL", "BOOL", DTYPE_NO_GGML, 1, 1, false, NULL, NULL},
    BLOCKS(Q4_0, q4_0, 2, 32),
    BLOCKS(Q4_1, q4_1, 3, 32),
    BLOCKS(Q5_0, q5_0, 6, 32),
    BLOCKS(Q5_1, q5_1, 7, 32),
    BLOCKS(Q8_0, q8_0, 8, 32),
    BLOCKS(Q2_K, q2_k, 10, 256),
    BLOCKS(Q3_K, q3_k, 11, 256),
    BLOCKS(Q4_K, q4_k, 12, 256),
    BLOCKS(Q5_K, q5_k, 13, 256),
    BLOCKS(Q6_K, q6_k, 14, 256),
    BLOCKS(IQ4_NL, iq4_nl, 20, 32),
    BLOCKS(IQ4_XS, iq4_xs, 23, 256),
    BLOCKS(TQ1_0, tq1_0, 34, 256),
    BLOCKS(TQ2_0, tq2_0, 35, 256),
    BLOCKS(MXFP4, mxfp4, 39, 32),
};

/* What ggml has and nobody here reads. */
static const char *const foreign[] = {
    [9] = "Q8_1",     [15] = "Q8_K",  [16] = "IQ2_XXS", [17] = "IQ2_XS",
    [18] = "IQ3_XXS", [19] = "IQ1_S", [21] = "IQ3_S",   [22] = "IQ2_S",
    [29] = "IQ1_M",   [40] = "NVFP4", [41] = "Q1_0",    [42] = "Q2_0",
};

const struct dtype_info *dtype_info(enum dtype dtype)
{
    assert((unsigned)dtype < DTYPE_COUNT);
    return &table[dtype];
}

bool dtype_of_name(struct text st_name, enum dtype *dtype)
{
    for (unsigned i = 0; i < DTYPE_COUNT; i++) {
        if (!table[i].st_name || !text_is(st_name, table[i].st_name)) continue;
        *dtype = (enum dtype)i;
        return true;
    }
    return false;
}

bool dtype_of_ggml(int64_t number, enum dtype *dtype)
{
    for (unsigned i = 0; i < DTYPE_COUNT; i++) {
        if (table[i].ggml == DTYPE_NO_GGML || table[i].ggml != number) continue;
        *dtype = (enum dtype)i;
        return true;
    }
    return false;
}

const char *dtype_ggml_name(int64_t number)
{
    const int64_t count = sizeof foreign / sizeof *foreign;

    return number >= 0 && number < count ? foreign[number] : NULL;
}

bool dtype_bytes(enum dtype dtype, uint64_t elements, uint64_t *bytes)
{
    const struct dtype_info *info = dtype_info(dtype);

    return elements % info->elements == 0 &&
           !__builtin_mul_overflow(elements / info->elements, info->bytes, bytes);
}
