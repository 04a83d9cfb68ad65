/* How fast matrices stream through stream_product, and small products run: stream [THREADS [LEVEL
 * [FORMAT [avx512bf16]]]], the last one to compute with that where weights are BF16, whatever the
 * CPU says.
 *
 * Each matrix is one of many copies, 1.2 GB together, so that all come from memory. Shown are GB/s
 * of weights, with their part of what plain reading reaches, 10^9 weights/s and GF/s. */
#include "stream/stream.h"
#include "core/memory.h"
#include "gemm/product.h"
#include "lanes/cpu.h"
#include "stream/stream_narrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_M = 32, MOST_K = 11008, SLICE = 8 /* MB */ };

#define SECONDS 0.4

static const size_t pool_size = (size_t)1200 << 20;
static unsigned char *pool;
static size_t begin_at;
static struct team *team;
static const struct stream_narrow *narrow;

/* One thread alone is measured by the time it ran: others may use the machine as well. */
static double now(void)
{
    struct timespec time;

    clock_gettime(team && team_size(team) == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Bytes that make usual numbers in all formats: none too small for a float's exponent. */
static void fill_piece(void *context, size_t piece, size_t thread)
{
    uint64_t seed = piece * 2654435761 + 1;
    unsigned char *at = pool + (piece << 20);

    (void)context, (void)thread;
    for (size_t i = 0; i < (size_t)1 << 20; i += 8) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        const uint64_t bytes = ((seed >> 8) & 0x0f0f0f0f0f0f0f0f) + 0x2c2c2c2c2c2c2c2c;

        memcpy(at + i, &bytes, 8);
    }
}

static void read_piece(void *context, size_t piece, size_t thread)
{
    const unsigned char *at = pool + ((begin_at + piece) << 20);
    uint64_t sums[16] = {0};

    (void)thread;
    for (size_t i = 0; i < (size_t)1 << 18; i += 128)
        for (size_t part = 0; part < 4; part++) {
            uint64_t words[16];

            memcpy(words, at + (part << 18) + i, sizeof words);
            for (size_t j = 0; j < 16; j++) sums[j] ^= words[j];
        }
    for (size_t j = 0; j < 16; j++) ((uint64_t *)context)[piece] ^= sums[j];
}

/* The best of slices of about a millisecond: others may use the machine as well. */
static double read_speed(void)
{
    uint64_t *sink = mem_zero(pool_size >> 20, sizeof *sink);
    double best = 1e9;

    for (int i = 0; i < 5; i++)
        for (size_t at = 0; at + SLICE <= pool_size >> 20; at += SLICE) {
            const double begin = now();

            begin_at = at;
            team_run(team, SLICE, read_piece, sink);
            best = now() - begin < best ? now() - begin : best;
        }
    mem_free(sink);
    return (double)SLICE / 1e9 * (1 << 20) / best;
}

static void show(const struct matrix *w, size_t M, double took, double memory)
{
    const double bytes = (double)w->rows * (double)w->stride / 1e9;
    const double weights = (double)w->rows * (double)w->cols / 1e9;

    printf("%-6s %5zux%-5zu M=%-2zu %6.1f GB/s (%3.0f %%) %6.1f G/s %7.1f GF/s\n",
           w->form == MATRIX_INT8 ? "int8" : dtype_info(w->dtype)->name, (size_t)w->rows,
           (size_t)w->cols, M, bytes / took, bytes / took / memory * 100, weights / took,
           2 * weights * (double)M / took);
    fflush(stdout);
}

static void measure(enum dtype dtype, size_t N, size_t K, size_t M, double memory)
{
    static float x[MOST_M * (MOST_K + 32)], y[MOST_M * MOST_K], scales[MOST_K];
    const struct dtype_info *info = dtype_info(dtype);
    const size_t stride = K / info->elements * info->bytes, bytes = N * stride;
    const size_t copies = pool_size / bytes, calls = 1 + ((size_t)SLICE << 20) / bytes / M;
    struct matrix w = {.form = dtype == DTYPE_I8 ? MATRIX_INT8 : MATRIX_STORED,
                       .dtype = dtype,
                       .rows = N,
                       .cols = K,
                       .stride = stride,
                       .scales = scales};
    const double end = now() + SECONDS;
    double best = 1e9;
    size_t next = 0;

    for (size_t i = 0; x[0] == 0 && i < sizeof x / sizeof *x; i++)
        x[i] = (float)(i % 1009) / 500 - 1;
    while (now() < end) {
        const double begin = now();

        for (size_t call = 0; call < calls; call++) {
            w.at = pool + next++ % copies * bytes;
            if (narrow && dtype == DTYPE_BF16)
                stream_narrow_product(narrow, team, &w, M, x, K + 32, y, N, false);
            else
                stream_product(team, PRECISION_BF16, &w, M, x, K + 32, y, N, false);
        }
        best = now() - begin < best ? now() - begin : best;
    }
    show(&w, M, best / (double)calls, memory);
}

static void measure_stream(double memory, const char *only)
{
    static const size_t shapes[][2] = {{2048, 2048}, {11008, 2048}, {576, 576}, {1536, 576}};
    static const size_t batches[] = {1, 4, 16, 32};
    static const enum dtype formats[] = {DTYPE_F32,  DTYPE_F16,  DTYPE_BF16, DTYPE_I8,
                                         DTYPE_Q8_0, DTYPE_Q4_0, DTYPE_Q5_0, DTYPE_Q4_K,
                                         DTYPE_Q5_K, DTYPE_Q6_K, DTYPE_Q3_K};

    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        if (only && strcmp(only, dtype_info(formats[f])->name) != 0) continue;
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
                if (shapes[s][1] % dtype_info(formats[f])->elements == 0)
                    measure(formats[f], shapes[s][0], shapes[s][1], batches[b], memory);
    }
}

struct shape {
    const char *name;
    void (*product)(struct team *team, size_t M, size_t N, size_t K, float s, const float *x,
                    size_t ldx, const float *w, size_t ldw, float *y, size_t ldy);
    size_t M, N, K;
};

static void measure_products(void)
{
    static const struct shape shapes[] = {
        {"nt x A'", product_nt, 768, 16, 576},   {"nt x A'", product_nt, 768, 16, 2048},
        {"nt x A'", product_nt, 768, 16, 11008}, {"nt h B'", product_nt, 768, 576, 16},
        {"nt h B'", product_nt, 768, 11008, 16}, {"nn dy B", product_nn, 768, 16, 2048},
        {"nn dh A", product_nn, 768, 2048, 16},  {"tn dA", product_tn, 16, 576, 768},
        {"tn dA", product_tn, 16, 11008, 768},   {"tn dB", product_tn, 2048, 16, 768},
        {"tn dB", product_tn, 11008, 16, 768},   {"tn dW", product_tn, 2048, 2048, 768},
        {"nt", product_nt, 768, 2048, 2048},     {"nn", product_nn, 768, 2048, 2048},
    };
    enum { ROWS = 2048, LD = 11008 + 32 };
    float *x = (float *)(void *)pool, *w = x + (size_t)ROWS * LD, *y = w + (size_t)ROWS * LD;

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct shape *at = &shapes[i];
        const size_t ldx = (at->product == product_tn ? at->M : at->K) + 32;
        const size_t ldw = (at->product == product_nt ? at->K : at->N) + 32;
        const double end = now() + SECONDS;
        double best = 1e9;

        while (now() < end) {
            const double begin = now();

            at->product(team, at->M, at->N, at->K, 0.5F, x, ldx, w, ldw, y, at->N + 32);
            best = now() - begin < best ? now() - begin : best;
        }
        printf("%-8s M=%-5zu N=%-5zu K=%-5zu %7.1f GF/s\n", at->name, at->M, at->N, at->K,
               2e-9 * (double)(at->M * at->N) * (double)at->K / best);
    }
}

int main(int argc, char **argv)
{
    const size_t threads = argc > 1 ? (size_t)atoi(argv[1]) : 2;
    double memory;

    if (argc > 2) cpu_limit((enum cpu_level)atoi(argv[2]));
    for (size_t i = 0; argc > 4 && (narrow = stream_narrow_at(i)); i++)
        if (strcmp(narrow->name, argv[4]) == 0) break;
    team = team_start(threads);
    pool = mem_aligned(pool_size);
    team_run(team, pool_size >> 20, fill_piece, NULL);
    memory = read_speed();
    printf("reading: %.1f GB/s\n", memory);
    if (argc < 4 || strcmp(argv[3], "products") != 0)
        measure_stream(memory, argc > 3 ? argv[3] : NULL);
    printf("reading: %.1f GB/s\n", read_speed());
    if (argc < 4 || strcmp(argv[3], "products") == 0) measure_products();
    mem_free(pool);
    team_stop(team);
    return 0;
}
