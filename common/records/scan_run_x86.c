#include "records/scan_run.h"

#if defined(__x86_64__)

#include <immintrin.h>

/* Signed comparison does two jobs: bytes below 0x20 and bytes from 0x80 up are all < 0x20. */
__attribute__((target("avx2,bmi"))) static const char *run_avx2(const char *at, const char *end)
{
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\');
    const __m256i space = _mm256_set1_epi8(0x20);

    for (; end - at >= 32; at += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
        __m256i hit =
            _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash));
        unsigned mask;

        hit = _mm256_or_si256(hit, _mm256_cmpgt_epi8(space, bytes));
        mask = (unsigned)_mm256_movemask_epi8(hit);
        if (mask) return at + __builtin_ctz(mask);
    }
    return scan_run_portable(at, end);
}

scan_run_kernel *scan_run_x86(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") ? run_avx2 : 0;
}

#else

scan_run_kernel *scan_run_x86(void)
{
    return 0;
}

#endif
