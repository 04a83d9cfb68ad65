#include "engine.h"

#include "core/report.h"

#include <stdio.h>
#include <stdlib.h>

static void check_wish(void)
{
    const char *wish = getenv("DPO_CPU");
    enum cpu_level level;

    if (wish && !cpu_named(wish, &level))
        die_usage("DPO_CPU is plain, avx2, avx512, avx512bf16 or amx, not '%.80s'", wish);
}

void engine_about(void)
{
    check_wish();
    printf("processor %s, kernels: fp32 %s, bf16 %s; auto takes %s\n", cpu_level_name(cpu_level()),
           kernel_get(PRECISION_F32)->name, kernel_get(PRECISION_BF16)->name,
           kernel_bf16_pays() ? "bf16" : "fp32");
}

enum precision engine_precision(size_t choice)
{
    check_wish();
    if (choice == 0) return kernel_bf16_pays() ? PRECISION_BF16 : PRECISION_F32;
    return choice == 1 ? PRECISION_F32 : PRECISION_BF16;
}
