/* Pairs of bf16 along the rows: sums of 8 rows of the matrix by 3 of x stand in registers, 16
 * partial sums each. */
#include "stream/stream_fold512.h"
#include "stream/stream_narrow.h"
#include "stream/stream_round512.h"

#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))

enum { ROWS = 8, TALL = 3, LANES = 16 };

static void take(const struct narrow_piece *slab, size_t m, size_t rows, const float *x, size_t ldx,
                 bf16 *out)
{
    const size_t whole = (slab->count + NARROW_STEP - 1) / NARROW_STEP * NARROW_STEP;

    for (size_t r = 0; r < rows; r++) {
        bf16 *to = out + (m + r) * slab->ld + slab->k;

        round_floats(x + r * ldx, to, slab->count);
        memset(to + slab->count, 0, (whole - slab->count) * sizeof *to);
    }
}

/* M: of the slab's rows from x on, a constant where it is called. Those of the matrix from `begin`
 * to `end` have what comes next fetched: all at once would be more than can be under way. */
ALWAYS void tile_of(size_t M, const struct narrow_piece *piece, const bf16 *x, float *parts,
                    size_t begin, size_t end)
{
    const unsigned char *const *rows = piece->rows;
    __m512 sums[ROWS][TALL];

    for (size_t r = 0; r < ROWS; r++)
        for (size_t m = 0; m < M; m++)
            sums[r][m] = piece->first ? _mm512_setzero_ps()
                                      : _mm512_loadu_ps(parts + (m * ROWS + r) * LANES);
    for (size_t k = 0; k < piece->count; k += 2 * LANES) {
        __m512i line[TALL];

        for (size_t r = begin; r < end; r++)
            __builtin_prefetch(rows[r] + k * sizeof *x + piece->ahead, 0, 2);
        for (size_t m = 0; m < M; m++) line[m] = _mm512_loadu_si512(x + m * piece->ld + k);
        for (size_t r = 0; r < ROWS; r++) {
            __m512i w = _mm512_loadu_si512(rows[r] + k * sizeof *x);

            __asm__("" : "+v"(w)); /* one load for several products */
            for (size_t m = 0; m < M; m++)
                sums[r][m] = _mm512_dpbf16_ps(sums[r][m], (__m512bh)w, (__m512bh)line[m]);
        }
    }
    for (size_t r = 0; r < ROWS; r++)
        for (size_t m = 0; m < M; m++) _mm512_storeu_ps(parts + (m * ROWS + r) * LANES, sums[r][m]);
}

static void tile(const struct narrow_piece *piece, float *parts)
{
    const size_t passes = (piece->M + TALL - 1) / TALL, rows = piece->ahead ? ROWS : 0;

    for (size_t pass = 0; pass < passes; pass++, parts += TALL * ROWS * LANES) {
        const size_t begin = rows * pass / passes, end = rows * (pass + 1) / passes;
        const bf16 *x = piece->x + piece->k + pass * TALL * piece->ld;

        switch (piece->M - pass * TALL) {
        case 1: tile_of(1, piece, x, parts, begin, end); break;
        case 2: tile_of(2, piece, x, parts, begin, end); break;
        default: tile_of(3, piece, x, parts, begin, end); break;
        }
    }
}

static void fold(size_t M, const float *parts, float *sums)
{
    for (size_t m = 0; m < M; m++)
        _mm256_storeu_ps(sums + m * STRIP, fold_eight(parts + m * ROWS * LANES));
}

extern const struct stream_narrow stream_avx512bf16;

const struct stream_narrow stream_avx512bf16 = {.name = "avx512bf16",
                                                .needs = CPU_AVX512BF16,
                                                .rows = ROWS,
                                                .chunk = 1024,
                                                .take = take,
                                                .tile = tile,
                                                .fold = fold};
