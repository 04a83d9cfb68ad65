#include "fold/rounded.h"

#include "fold/rounded_table.h"
#include "lanes/cpu.h"
#include "tensor/absmax.h"

#include <assert.h>

static const struct rounded_format *format_of(enum dtype dtype)
{
    const struct rounded_format *formats = rounded_plain;

#ifdef __x86_64__
    if (cpu_level() >= CPU_AVX2) formats = rounded_avx2;
#endif
    assert(dtype == DTYPE_F32 || dtype == DTYPE_F16 || dtype == DTYPE_BF16);
    return &formats[dtype == DTYPE_F32   ? ROUNDED_F32
                    : dtype == DTYPE_F16 ? ROUNDED_F16
                                         : ROUNDED_BF16];
}

void rounded_run(enum dtype dtype, float *values, size_t count)
{
    if (dtype != DTYPE_F32) format_of(dtype)->run(values, count);
}

bool rounded_pack(enum dtype dtype, const float *values, size_t count, unsigned char *out)
{
    return format_of(dtype)->pack(values, count, out) < ABSMAX_FINITE;
}

static void add(struct fold_tally *tally, struct rounded_counts counts, size_t count)
{
    fold_tally_add(tally, &(struct fold_tally){.weights = count,
                                               .lost = counts.lost,
                                               .worst = float_of_bits((uint32_t)counts.worst),
                                               .infinite = counts.largest >= ABSMAX_FINITE});
}

void rounded_pack_told(enum dtype dtype, const struct rounded_told *told, unsigned char *out,
                       struct fold_tally *tally)
{
    add(tally, format_of(dtype)->told(told->base, told->value, told->total, told->count, out),
        told->count);
}

void rounded_pack_sum(enum dtype dtype, const struct rounded_sum *sum, unsigned char *out,
                      struct fold_tally *tally)
{
    add(tally, format_of(dtype)->sum(sum->base, sum->delta, sum->scale, sum->count, out),
        sum->count);
}
