#include "gemm/kernel.h"

#include "core/clock.h"
#include "core/memory.h"

#include <pthread.h>
#include <string.h>

extern const struct kernel kernel_plain_f32, kernel_plain_wide;
#if defined(__x86_64__)
extern const struct kernel kernel_avx2_f32, kernel_avx2_wide, kernel_avx512_f32, kernel_avx512_wide;
extern const struct kernel kernel_avx512bf16, kernel_amx;
#endif

/* Of each precision the better ones later. */
static const struct kernel *const kernels[] = {
    &kernel_plain_f32,
    &kernel_plain_wide,
#if defined(__x86_64__)
    &kernel_avx2_f32,
    &kernel_avx2_wide,
    &kernel_avx512_f32,
    &kernel_avx512_wide,
    &kernel_avx512bf16,
    &kernel_amx,
#endif
    NULL,
};

const struct kernel *kernel_at(size_t index)
{
    size_t i = 0;

    while (i < index && kernels[i]) i++;
    return kernels[i];
}

/* The last of those that this CPU has, below a level. */
static const struct kernel *last_below(enum precision precision, enum cpu_level level)
{
    const struct kernel *best = NULL, *kernel;

    for (size_t i = 0; (kernel = kernel_at(i)); i++)
        if (kernel->precision == precision && kernel->needs < level && kernel->needs <= cpu_level())
            best = kernel;
    return best;
}

enum { PROBE_ROWS = 48, PROBE_DEPTH = 256, PROBES = 16 };

/* The kernel's shortest time for a small product out of the first cache. */
static void probe(const struct kernel *kernel, char *room, double *least)
{
    const size_t x_bytes = sizeof(float) * PROBE_ROWS * PROBE_DEPTH;
    char *strip = room + x_bytes;
    float *y = (float *)(void *)(strip + strip_bytes(PRECISION_F32, PROBE_DEPTH));
    const double begin = clock_seconds();
    double took;

    kernel->multiply(PROBE_ROWS, STRIP, PROBE_DEPTH, room, PROBE_DEPTH, strip, y, STRIP, false);
    took = clock_seconds() - begin;
    if (took < *least) *least = took;
}

static bool pairs_are_faster;

/* Some 20 microseconds each; by turns, so that a change of the CPU's clock meets both. */
static void measure(void)
{
    const size_t bytes = sizeof(float) * PROBE_ROWS * PROBE_DEPTH +
                         strip_bytes(PRECISION_F32, PROBE_DEPTH) +
                         sizeof(float) * PROBE_ROWS * STRIP;
    const struct kernel *pairs = last_below(PRECISION_BF16, CPU_AMX);
    const struct kernel *floats = last_below(PRECISION_F32, CPU_LEVELS);
    double pair_time = 1, float_time = 1;
    char *room = mem_aligned(bytes);

    memset(room, 0, bytes);
    for (int i = 0; i < PROBES; i++) {
        probe(pairs, room, &pair_time);
        probe(floats, room, &float_time);
    }
    mem_free(room);
    pairs_are_faster = pair_time * 1.3 < float_time;
}

/* AMD's are, by design; of the others it is found out, with so wide a margin that it is found the
 * same each time. */
static bool pairs_pay(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    if (cpu_is_amd()) return true;
    pthread_once(&once, measure);
    return pairs_are_faster;
}

const struct kernel *kernel_get(enum precision precision)
{
    const struct kernel *best = last_below(precision, CPU_LEVELS);

    if (best->needs == CPU_AVX512BF16 && !pairs_pay()) return last_below(precision, CPU_AVX512BF16);
    return best;
}

bool kernel_bf16_pays(void)
{
    return kernel_get(PRECISION_BF16)->needs >= CPU_AVX512BF16;
}
