/* The functions and the table of all formats of one instruction set, which defines form_begin and
 * form_part for each of them. */
#ifndef STREAM_STREAM_FORMS_H
#define STREAM_STREAM_FORMS_H

#include "stream/stream_wide.h"

/* `form`_quad and `form`_unpack, from form_begin and form_part. */
#define WIDE_FORM(form, block, bytes, part)                                                        \
    static const struct unpacking form##_layout = {block, bytes, part, form##_begin, form##_part}; \
    static void form##_quad(const unsigned char *const *rows, size_t count, const float *x,        \
                            float *parts, ptrdiff_t ahead)                                         \
    {                                                                                              \
        wide_quad(form##_layout, rows, count, x, parts, ahead);                                    \
    }                                                                                              \
    static void form##_unpack(const unsigned char *at, size_t count, float *out, ptrdiff_t ahead)  \
    {                                                                                              \
        wide_unpack(form##_layout, at, count, out, ahead);                                         \
    }

/* Of all formats: elements and bytes of a block, and elements that are unpacked together. */
#define WIDE_ALL_FORMS                                                                             \
    WIDE_FORM(f16, 32, 64, 32)                                                                     \
    WIDE_FORM(bf16, 32, 64, 32)                                                                    \
    WIDE_FORM(i8, 32, 32, 32)                                                                      \
    WIDE_FORM(q8_0, 32, Q8_0_BYTES, 32)                                                            \
    WIDE_FORM(q4_0, 32, Q4_0_BYTES, 32)                                                            \
    WIDE_FORM(q4_1, 32, Q4_1_BYTES, 32)                                                            \
    WIDE_FORM(q5_0, 32, Q5_0_BYTES, 32)                                                            \
    WIDE_FORM(q5_1, 32, Q5_1_BYTES, 32)                                                            \
    WIDE_FORM(q4_k, 256, Q4_K_BYTES, 64)                                                           \
    WIDE_FORM(q5_k, 256, Q5_K_BYTES, 64)                                                           \
    WIDE_FORM(q6_k, 256, Q6_K_BYTES, 128)

#define WIDE_ENTRY(NAME, form) [DTYPE_##NAME] = {form##_quad, form##_unpack}
#define WIDE_FORMS                                                                                 \
    {                                                                                              \
        WIDE_ENTRY(F16, f16), WIDE_ENTRY(BF16, bf16), WIDE_ENTRY(I8, i8), WIDE_ENTRY(Q8_0, q8_0),  \
            WIDE_ENTRY(Q4_0, q4_0), WIDE_ENTRY(Q4_1, q4_1), WIDE_ENTRY(Q5_0, q5_0),                \
            WIDE_ENTRY(Q5_1, q5_1), WIDE_ENTRY(Q4_K, q4_k), WIDE_ENTRY(Q5_K, q5_k),                \
            WIDE_ENTRY(Q6_K, q6_k)                                                                 \
    }

#endif
