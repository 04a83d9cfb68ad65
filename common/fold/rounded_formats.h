/* The loops of fold/rounded, for whatever the file that includes this is compiled for: it names the
 * table FORMATS. All tables give the same bits. */
#ifndef FOLD_ROUNDED_FORMATS_H
#define FOLD_ROUNDED_FORMATS_H

#include "fold/rounded_codes.h"
#include "fold/rounded_table.h"

/* One element of which something was made: rounded and told. */
#define TELL(format, put, base, value, total)                                                      \
    const uint32_t code = code_##format(value);                                                    \
    const float rounded = float_##format(code);                                                    \
                                                                                                   \
    put(out, i, code);                                                                             \
    lost += (uint32_t)(magnitude(total) != 0) & (uint32_t)(code == code_##format(base));           \
    worst = larger(worst, magnitude(rounded - ((base) + (total))));                                \
    largest = larger(largest, magnitude(rounded))

#define FORMAT(format, put)                                                                        \
    static void run_##format(float *restrict values, size_t count)                                 \
    {                                                                                              \
        for (size_t i = 0; i < count; i++) values[i] = float_##format(code_##format(values[i]));   \
    }                                                                                              \
    static int32_t pack_##format(const float *restrict values, size_t count,                       \
                                 unsigned char *restrict out)                                      \
    {                                                                                              \
        int32_t largest = 0;                                                                       \
                                                                                                   \
        for (size_t i = 0; i < count; i++) {                                                       \
            const uint32_t code = code_##format(values[i]);                                        \
                                                                                                   \
            put(out, i, code);                                                                     \
            largest = larger(largest, magnitude(float_##format(code)));                            \
        }                                                                                          \
        return largest;                                                                            \
    }                                                                                              \
    static struct rounded_counts told_##format(                                                    \
        const float *restrict base, const float *restrict value, const float *restrict total,      \
        size_t count, unsigned char *restrict out)                                                 \
    {                                                                                              \
        uint32_t lost = 0;                                                                         \
        int32_t worst = 0, largest = 0;                                                            \
                                                                                                   \
        for (size_t i = 0; i < count; i++) {                                                       \
            TELL(format, put, base[i], value[i], total[i]);                                        \
        }                                                                                          \
        return (struct rounded_counts){lost, worst, largest};                                      \
    }                                                                                              \
    static struct rounded_counts sum_##format(const float *restrict base,                          \
                                              const float *restrict delta, float scale,            \
                                              size_t count, unsigned char *restrict out)           \
    {                                                                                              \
        uint32_t lost = 0;                                                                         \
        int32_t worst = 0, largest = 0;                                                            \
                                                                                                   \
        for (size_t i = 0; i < count; i++) {                                                       \
            const float total = delta[i] * scale;                                                  \
            TELL(format, put, base[i], base[i] + total, total);                                    \
        }                                                                                          \
        return (struct rounded_counts){lost, worst, largest};                                      \
    }

FORMAT(f32, put_four)
FORMAT(f16, put_two)
FORMAT(bf16, put_two)

const struct rounded_format FORMATS[ROUNDED_FORMATS] = {
    [ROUNDED_F32] = {run_f32, pack_f32, told_f32, sum_f32},
    [ROUNDED_F16] = {run_f16, pack_f16, told_f16, sum_f16},
    [ROUNDED_BF16] = {run_bf16, pack_bf16, told_bf16, sum_bf16},
};

#endif
