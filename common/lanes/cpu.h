/* What this CPU can compute with, found once. The environment's DPO_CPU, or a test, may ask for
 * less: 'plain', 'avx2', 'avx512', 'avx512bf16', 'amx' name the most that is used. */
#ifndef LANES_CPU_H
#define LANES_CPU_H

#include <stdbool.h>

enum cpu_level {
    CPU_PLAIN,
    CPU_AVX2,       /* with FMA and F16C */
    CPU_AVX512,     /* F, BW, DQ, VL */
    CPU_AVX512BF16, /* vdpbf16ps */
    CPU_AMX,        /* tiles of bf16, which the system lets us use */
    CPU_LEVELS
};

/* Each level contains those before it: a CPU that shows tiles without vdpbf16ps, as a hypervisor
 * may make it, is CPU_AVX512. */
enum cpu_level cpu_level(void);

/* What the hardware has, whatever the environment says. */
enum cpu_level cpu_detected(void);

/* From here on at most this one, for tests: what was chosen before stays as it was. A level that
 * the CPU lacks is taken at its word; CPU_LEVELS lifts the limit. */
void cpu_limit(enum cpu_level level);

const char *cpu_level_name(enum cpu_level level);

/* The level of that name; false when there is none. An unknown name in DPO_CPU limits nothing: it
 * is for the tools to refuse it. */
bool cpu_named(const char *name, enum cpu_level *level);

/* Who made it: AMD runs vdpbf16ps at twice the rate of fp32, Intel at half. */
bool cpu_is_amd(void);

#endif
