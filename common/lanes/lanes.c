#include "lanes/lanes.h"

#include "lanes/cpu.h"

extern const struct lanes lanes_plain, lanes_avx2, lanes_avx512;

#if defined(__x86_64__)
static const struct lanes *const tables[] = {[CPU_PLAIN] = &lanes_plain,
                                             [CPU_AVX2] = &lanes_avx2,
                                             [CPU_AVX512] = &lanes_avx512,
                                             [CPU_AVX512BF16] = &lanes_avx512,
                                             [CPU_AMX] = &lanes_avx512};
#else
static const struct lanes *const tables[] = {&lanes_plain, &lanes_plain, &lanes_plain, &lanes_plain,
                                             &lanes_plain};
#endif

const struct lanes *lanes_get(void)
{
    return tables[cpu_level()];
}
