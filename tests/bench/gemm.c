/* Products with frozen matrices, as in a layer's forward pass (y = x W^T) and on the way back
 * (dx = dy W), beside OpenBLAS: gemm [KERNEL...]
 *
 * Without names it measures the kernels that are chosen here for fp32 and for bf16. Weights are
 * cold: as many copies are gone through in turn as the last cache cannot hold. Everything is
 * measured in turn and the best counts; GF/s. 'peak' is what a loop in registers reaches.
 *
 *   OPENBLAS=FILE       the library beside which we stand, if any; its number of threads is
 *                       OPENBLAS_NUM_THREADS
 *   BENCH_THREADS=2     ours; of one the CPU's time counts, whatever else goes on
 *   BENCH_ROWS=1024     rows of x
 *   BENCH_ROUNDS=5      how often each is measured */
#include "gemm/gemm.h"
#include "core/memory.h"

#include "machine.h"
#include "unit/numbers.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROW_MAJOR = 101, AS_IS = 111, TURNED = 112, KERNELS = 8 };

typedef void sgemm(int order, int turn_x, int turn_w, int m, int n, int k, float alpha,
                   const float *x, int ldx, const float *w, int ldw, float beta, float *y, int ldy);

static const size_t shapes[][2] = {{576, 576},   {1536, 576},   {576, 1536},
                                   {896, 896},   {4864, 896},   {896, 4864},
                                   {2048, 2048}, {11008, 2048}, {2048, 11008}};
static const size_t pool_bytes = (size_t)320 << 20;

static size_t rows, threads;
static unsigned char *pool;
static size_t copy; /* goes round */
static float *x, *y;
static bf16 *narrow;
static struct team *team;

static double seconds(void)
{
    struct timespec time;

    clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static size_t setting(const char *name, size_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoul(text, NULL, 10) : otherwise;
}

struct shape {
    size_t n, k;
};

/* The next copy of the weights. */
static const unsigned char *weights(struct shape shape, size_t element)
{
    const size_t bytes = shape.n * shape.k * element;

    return pool + copy++ % (pool_bytes / bytes) * bytes;
}

static double ours(const struct kernel *kernel, struct shape s, bool back)
{
    const size_t element = kernel->precision == PRECISION_F32 ? sizeof(float) : sizeof(bf16);
    const struct matrix w = {.dtype = kernel->precision == PRECISION_F32 ? DTYPE_F32 : DTYPE_BF16,
                             .rows = s.n,
                             .cols = s.k,
                             .at = weights(s, element),
                             .stride = s.k * element};
    const struct gemm gemm = {kernel, team};
    const void *in = kernel->precision == PRECISION_F32 ? (void *)x : (void *)narrow;
    const size_t ldn = gemm_ld(s.n), ldk = gemm_ld(s.k);
    const double begin = seconds();

    if (back)
        gemm_backward(&gemm, &w, rows, in, ldn, y, ldk, false);
    else
        gemm_forward(&gemm, &w, rows, in, ldk, y, ldn, false);
    return seconds() - begin;
}

static double theirs(sgemm *multiply, struct shape s, bool back)
{
    const float *w = (const void *)weights(s, sizeof(float));
    const int n = (int)s.n, k = (int)s.k, m = (int)rows;
    const int ldn = (int)gemm_ld(s.n), ldk = (int)gemm_ld(s.k);
    const double begin = seconds();

    if (back)
        multiply(ROW_MAJOR, AS_IS, AS_IS, m, k, n, 1, x, ldn, w, k, 0, y, ldk);
    else
        multiply(ROW_MAJOR, AS_IS, TURNED, m, n, k, 1, x, ldk, w, k, 0, y, ldn);
    return seconds() - begin;
}

struct best {
    double forward, back, peak; /* GF/s */
};

static void keep(double *best, double value)
{
    if (value > *best) *best = value;
}

static void print(const char *name, const struct best *best, const struct best *other)
{
    printf("    %-14s %7.1f %7.1f", name, best->forward, best->back);
    if (best->peak > 0)
        printf("   %3.0f %% %3.0f %% of %.0f", 100 * best->forward / best->peak,
               100 * best->back / best->peak, best->peak);
    if (other && other->forward > 0)
        printf("   %.2f x %.2f x", best->forward / other->forward, best->back / other->back);
    putchar('\n');
}

static void measure(struct shape s, const struct kernel *const *kernels, sgemm *multiply)
{
    const double flops = 2e-9 * (double)rows * (double)s.n * (double)s.k;
    const size_t rounds = setting("BENCH_ROUNDS", 5);
    struct best best[KERNELS] = {0}, other = {0};

    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; kernels[i]; i++) {
            keep(&best[i].peak, machine_peak(team, kernels[i]) * 1e-9);
            keep(&best[i].forward, flops / ours(kernels[i], s, false));
            keep(&best[i].back, flops / ours(kernels[i], s, true));
        }
        if (multiply) keep(&other.forward, flops / theirs(multiply, s, false));
        if (multiply) keep(&other.back, flops / theirs(multiply, s, true));
    }
    printf("%zu x %zu\n", s.n, s.k);
    for (size_t i = 0; kernels[i]; i++) print(kernels[i]->name, &best[i], &other);
    if (multiply) print("OpenBLAS", &other, NULL);
    fflush(stdout);
}

static void fill(void)
{
    const size_t side = 11008 + 64, count = rows * side;
    uint64_t seed = 1;

    x = mem_aligned(count * sizeof *x);
    y = mem_zero(count, sizeof *y);
    narrow = mem_aligned(count * sizeof *narrow);
    pool = mem_aligned(pool_bytes);
    for (size_t i = 0; i < count; i++) {
        x[i] = number_next(&seed);
        narrow[i] = number_bf16(x[i]);
    }
    /* Of bf16 whose pairs are moderate floats as well. */
    for (size_t i = 0; i < pool_bytes; i += sizeof(bf16)) {
        const bf16 value = number_bf16(number_next(&seed));

        memcpy(pool + i, &value, sizeof value);
    }
}

static bool choose(const struct kernel **kernels, int count, char **names)
{
    size_t chosen = 0;

    for (int i = 0; i < count && chosen + 1 < KERNELS; i++) {
        size_t at = 0;

        while (kernel_at(at) && strcmp(kernel_at(at)->name, names[i]) != 0) at++;
        if (!kernel_at(at)) {
            fprintf(stderr, "gemm: no kernel is called '%s'\n", names[i]);
            return false;
        }
        kernels[chosen++] = kernel_at(at);
    }
    if (chosen > 0) return true;
    kernels[0] = kernel_get(PRECISION_F32);
    kernels[1] = kernel_get(PRECISION_BF16);
    return true;
}

int main(int count, char **arguments)
{
    const struct kernel *kernels[KERNELS] = {NULL};
    const char *library = getenv("OPENBLAS");
    void *handle = library ? dlopen(library, RTLD_NOW) : NULL;
    void *found = handle ? dlsym(handle, "cblas_sgemm") : NULL;
    sgemm *multiply = NULL;

    if (!choose(kernels, count - 1, arguments + 1)) return 2;
    if (library && !found) fprintf(stderr, "gemm: %s\n", dlerror());
    memcpy(&multiply, &found, sizeof multiply);
    rows = setting("BENCH_ROWS", 1024);
    threads = setting("BENCH_THREADS", 2);
    team = team_start(threads);
    fill();
    printf("N x K, M = %zu, %zu threads: forward, dx in GF/s%s\n", rows, threads,
           multiply ? "; beside OpenBLAS" : "");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        measure((struct shape){shapes[i][0], shapes[i][1]}, kernels, multiply);
    team_stop(team);
    return 0;
}
