/* All formats: the last one that a file packer_x.c includes. */
#ifndef PACK_PACKER_TABLE_H
#define PACK_PACKER_TABLE_H

#include "pack/batch_blocks.h"
#include "pack/packer.h"
#include "pack/range_formats.h"
#include "pack/scale_formats.h"
#include "pack/value_blocks.h"

#define ROW(format)                                                                                \
    static void format##_row(const float *x, size_t count, const float *importance,                \
                             unsigned char *out)

ROW(f32)
{
    (void)importance;
    for (size_t i = 0; i < count; i++) store_u32(out + 4 * i, bits_of_float(x[i]));
}

ROW(f16)
{
    (void)importance;
    for (size_t i = 0; i < count; i++) store_u16(out + 2 * i, half_of_float(x[i]));
}

ROW(bf16)
{
    (void)importance;
    for (size_t i = 0; i < count; i++) store_u16(out + 2 * i, bf16_of_float(x[i]));
}

ROW(q8_0)
{
    (void)importance;
    for (; count > 32 * LANES; count -= 32 * LANES, x += 32 * LANES, out += LANES * Q8_0_BYTES)
        pack_q8_0(x, LANES, out);
    pack_q8_0(x, count / 32, out);
}

#define SMALL_ROW(format, bytes, weighted)                                                         \
    ROW(format)                                                                                    \
    {                                                                                              \
        if (importance)                                                                            \
            (weighted);                                                                            \
        else                                                                                       \
            for (size_t i = 0; i < count; i += 32, out += (bytes)) pack_##format(x + i, out);      \
    }

SMALL_ROW(q4_0, Q4_0_BYTES, pack_around(x, count, importance, 8, out))
SMALL_ROW(q5_0, Q5_0_BYTES, pack_around(x, count, importance, 16, out))
SMALL_ROW(q4_1, Q4_1_BYTES, pack_between(x, count, importance, &fourth_search, out))
SMALL_ROW(q5_1, Q5_1_BYTES, pack_between(x, count, importance, &fifth_search, out))

#define SCALE_ROW(format, bytes)                                                                   \
    ROW(format)                                                                                    \
    {                                                                                              \
        for (size_t i = 0; i < count; i += BLOCK, out += (bytes))                                  \
            pack_##format(x + i, importance ? importance + i : NULL, out);                         \
    }

SCALE_ROW(q3_k, Q3_K_BYTES)
SCALE_ROW(q6_k, Q6_K_BYTES)

#define CALL_ROW(format, call)                                                                     \
    ROW(format)                                                                                    \
    {                                                                                              \
        call;                                                                                      \
    }

CALL_ROW(q2_k, range_pack(x, count, importance, &format_q2_k, out))
CALL_ROW(q4_k, range_pack(x, count, importance, &format_q4_k, out))
CALL_ROW(q5_k, range_pack(x, count, importance, &format_q5_k, out))
CALL_ROW(iq4_nl, pack_iq4(x, count, importance, 32, out))
CALL_ROW(iq4_xs, pack_iq4(x, count, importance, BLOCK, out))

static bool all_finite(const float *x, size_t count)
{
    uint32_t bad = 0;

    for (size_t i = 0; i < count; i++) bad |= (bits_of_float(x[i]) & 0x7fffffff) >= 0x7f800000;
    return !bad;
}

#define PACKER_TABLE                                                                               \
    {                                                                                              \
        .row =                                                                                     \
            {                                                                                      \
                [DTYPE_F32] = f32_row,   [DTYPE_F16] = f16_row,       [DTYPE_BF16] = bf16_row,     \
                [DTYPE_Q8_0] = q8_0_row, [DTYPE_Q4_0] = q4_0_row,     [DTYPE_Q4_1] = q4_1_row,     \
                [DTYPE_Q5_0] = q5_0_row, [DTYPE_Q5_1] = q5_1_row,     [DTYPE_Q2_K] = q2_k_row,     \
                [DTYPE_Q3_K] = q3_k_row, [DTYPE_Q4_K] = q4_k_row,     [DTYPE_Q5_K] = q5_k_row,     \
                [DTYPE_Q6_K] = q6_k_row, [DTYPE_IQ4_NL] = iq4_nl_row, [DTYPE_IQ4_XS] = iq4_xs_row, \
            },                                                                                     \
        .finite = all_finite,                                                                      \
    }

#endif
