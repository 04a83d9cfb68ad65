/* How fast numbers in memory are packed, and how fast memory is: 'make bench-ship'.
 *
 *     pack [THREADS]
 *
 * A matrix of 128 Mi weights, which no cache holds, in bf16 and in f32, into the formats below;
 * GB/s are of what is read, the fastest of five times, beside a copy of as many bytes. */
#include "pack/pack.h"
#include "machine.h"
#include "tensor/floats.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 32768, COLS = 4096, TIMES = 5, PARTS = 64 };

struct copy {
    unsigned char *to;
    const unsigned char *from;
    size_t len; /* of a part */
};

static void copy_part(void *context, size_t part, size_t thread)
{
    const struct copy *copy = context;

    (void)thread;
    memcpy(copy->to + part * copy->len, copy->from + part * copy->len, copy->len);
}

static double copied(const struct matrix *from, unsigned char *to, struct team *team)
{
    struct copy copy = {
        .to = to, .from = from->at, .len = (size_t)(from->rows * from->stride) / PARTS};
    double least = 1e9;

    for (int i = 0; i < TIMES; i++) {
        const double begin = seconds_now();

        team_run(team, PARTS, copy_part, &copy);
        if (seconds_now() - begin < least) least = seconds_now() - begin;
    }
    return least;
}

static double packed(enum dtype dtype, const struct matrix *from, unsigned char *to,
                     struct team *team)
{
    double least = 1e9;
    struct err err;

    for (int i = 0; i < TIMES; i++) {
        const double begin = seconds_now();

        if (!pack_matrix(dtype, from, NULL, to, team, &err)) abort();
        if (seconds_now() - begin < least) least = seconds_now() - begin;
    }
    return least;
}

static void measure(const struct matrix *from, unsigned char *to, struct team *team)
{
    static const enum dtype formats[] = {DTYPE_Q8_0, DTYPE_Q6_K, DTYPE_Q4_K};
    const double bytes = (double)(from->rows * from->stride), copy = copied(from, to, team);

    printf("| %s | copied | %.2f | |\n", dtype_info(from->dtype)->name, bytes / copy / 1e9);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const double time = packed(formats[i], from, to, team);

        printf("| %s | to %s | %.2f | %.2f |\n", dtype_info(from->dtype)->name,
               dtype_info(formats[i])->name, bytes / time / 1e9, copy / time);
    }
}

int main(int argc, char **argv)
{
    const size_t count = (size_t)ROWS * COLS;
    float *wide = mem_alloc(count * sizeof *wide);
    uint16_t *narrow = mem_alloc(count * sizeof *narrow);
    unsigned char *to = mem_alloc(count * sizeof *wide);
    struct team *team = team_start(argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1);
    const struct matrix floats = matrix_of_floats(wide, ROWS, COLS, COLS);
    const struct matrix halves = {.dtype = DTYPE_BF16,
                                  .rows = ROWS,
                                  .cols = COLS,
                                  .at = (const unsigned char *)narrow,
                                  .stride = COLS * 2};

    for (size_t i = 0; i < count; i++) {
        wide[i] = (float)((i * 2654435761U) >> 8 & 0xffff) / 65536 - 0.5F;
        narrow[i] = (uint16_t)(bits_of_float(wide[i]) >> 16);
    }
    puts("| from | | GB/s read | of the copy |\n|---|---|---|---|");
    measure(&halves, to, team);
    measure(&floats, to, team);
    team_stop(team);
    mem_free(to);
    mem_free(narrow);
    mem_free(wide);
    return 0;
}
