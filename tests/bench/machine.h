/* What the machine reaches at most, beside which a benchmark sets what was reached: arithmetic in
 * registers, and reading memory. */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include "core/memory.h"
#include "gemm/kernel.h"
#include "machine/team.h"

#include <string.h>
#include <time.h>

static inline double seconds_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

#if defined(__x86_64__)
enum { PEAK_LOOPS = 200000, PEAK_TILE_LOOPS = 10000, PEAK_CHAINS = 12 };

/* PEAK_LOOPS times on 12 registers, each of which waits for nothing but itself. */
#define PEAK(name, instruction, registers)                                                         \
    static inline void name(void)                                                                  \
    {                                                                                              \
        size_t loops = PEAK_LOOPS;                                                                 \
                                                                                                   \
        __asm__ volatile("1:\n.irp r,0,1,2,3,4,5,6,7,8,9,10,11\n" instruction " %%" registers      \
                         "mm14, %%" registers "mm15, %%" registers "mm\\r\n.endr\n"                \
                         "dec %0\njnz 1b"                                                          \
                         : "+r"(loops)::"xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",    \
                           "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "cc");                        \
    }

PEAK(peak_avx2, "vfmadd231ps", "y")
PEAK(peak_avx512, "vfmadd231ps", "z")
PEAK(peak_avx512bf16, "vdpbf16ps", "z")

/* On four tiles of sums, three times each; the kernel's enter has laid them out. */
static inline void peak_amx(void)
{
    size_t loops = PEAK_TILE_LOOPS;

    __asm__ volatile("1:\n.rept 3\n.irp r,0,1,2,3\ntdpbf16ps %%tmm5, %%tmm4, %%tmm\\r\n.endr\n"
                     ".endr\ndec %0\njnz 1b"
                     : "+r"(loops)::"memory", "cc");
}

static inline void peak_piece(void *context, size_t piece, size_t thread)
{
    const struct kernel *kernel = context;

    (void)piece, (void)thread;
    if (kernel->enter) kernel->enter();
    switch (kernel->needs) {
    case CPU_AVX2: peak_avx2(); break;
    case CPU_AVX512: peak_avx512(); break;
    case CPU_AVX512BF16: peak_avx512bf16(); break;
    default: peak_amx(); break;
    }
    if (kernel->leave) kernel->leave();
}

/* Operations of one piece. */
static inline double peak_count(const struct kernel *kernel)
{
    switch (kernel->needs) {
    case CPU_AVX2: return 16.0 * PEAK_CHAINS * PEAK_LOOPS;
    case CPU_AVX512: return 32.0 * PEAK_CHAINS * PEAK_LOOPS;
    case CPU_AVX512BF16: return 64.0 * PEAK_CHAINS * PEAK_LOOPS;
    case CPU_AMX: return 16 * 16 * 64.0 * PEAK_CHAINS * PEAK_TILE_LOOPS;
    default: return 0;
    }
}
#else
static inline void peak_piece(void *context, size_t piece, size_t thread)
{
    (void)context, (void)piece, (void)thread;
}

static inline double peak_count(const struct kernel *kernel)
{
    (void)kernel;
    return 0;
}
#endif

/* Operations a second of all threads with the instruction that the kernel is made of, the best of
 * some milliseconds; 0 where it is made of plain C. */
static inline double machine_peak(struct team *team, const struct kernel *kernel)
{
    const double count = peak_count(kernel) * (double)team_size(team);
    double least = 1e9;

    if (count <= 0) return 0;
    for (int i = 0; i < 8; i++) {
        const double begin = seconds_now();
        double took;

        team_run(team, team_size(team), peak_piece, (void *)kernel);
        took = seconds_now() - begin;
        if (took < least) least = took;
    }
    return count / least;
}

enum { READ_PIECE = 1 << 20, READ_AT_ONCE = 8, READ_PIECES = 1024 };

struct reading {
    const unsigned char *at;
    uint64_t sink[READ_AT_ONCE];
};

/* A piece in four streams. */
static inline void read_piece(void *context, size_t piece, size_t thread)
{
    struct reading *reading = context;
    const unsigned char *at = reading->at + piece * READ_PIECE;
    uint64_t sums[16] = {0};

    (void)thread;
    for (size_t i = 0; i < READ_PIECE / 4; i += 128)
        for (size_t part = 0; part < 4; part++) {
            uint64_t words[16];

            memcpy(words, at + part * (READ_PIECE / 4) + i, sizeof words);
            for (size_t j = 0; j < 16; j++) sums[j] ^= words[j];
        }
    for (size_t j = 0; j < 16; j++) reading->sink[piece] ^= sums[j];
}

/* Bytes a second that all threads read from memory: a gigabyte is gone through, and the fastest run
 * of some pieces counts. */
static inline double machine_read(struct team *team)
{
    unsigned char *pool = mem_aligned((size_t)READ_PIECES * READ_PIECE);
    double best = 0;

    memset(pool, 1, (size_t)READ_PIECES * READ_PIECE);
    for (size_t piece = 0; piece < READ_PIECES; piece += READ_AT_ONCE) {
        struct reading reading = {.at = pool + piece * READ_PIECE};
        const double begin = seconds_now();
        double rate;

        team_run(team, READ_AT_ONCE, read_piece, &reading);
        rate = (double)READ_AT_ONCE * READ_PIECE / (seconds_now() - begin);
        if (rate > best) best = rate;
    }
    mem_free(pool);
    return best;
}

#endif
