/* Tiles of bf16: 32 rows of the matrix as they stand in memory by up to 32 of x, whose pairs of k
 * stand side by side: slab[k / 2][m][k % 2], for 16 m, or for 32 where there are more. */
#include "gemm/strip.h"
#include "lanes/tile_amx.h"
#include "stream/stream_narrow.h"
#include "stream/stream_round512.h"

#include <string.h>

extern const struct kernel kernel_amx;

enum { ROWS = 2 * SIDE, LINE = 64 };

/* Rows of x side by side, a multiple of a tile's. */
static size_t width_of(size_t M)
{
    return M > SIDE ? 2 * SIDE : SIDE;
}

/* Turned by blocks of 16 rows by 32 of k. */
static void take(const struct narrow_piece *slab, size_t m, size_t rows, const float *x, size_t ldx,
                 bf16 *out)
{
    const size_t width = 2 * width_of(slab->M);
    bf16 lines[NARROW_LINE][NARROW_PIECE] = {0};
    unsigned char turned[STRIP_ROWS * STRIP * 4];

    for (size_t r = 0; r < rows; r++) round_floats(x + r * ldx, lines[r], slab->count);
    for (size_t k = 0; k < slab->count; k += TILE_DEPTH) {
        bf16 *to = out + (slab->k + k) / 2 * width + 2 * m;
        const unsigned char *at[STRIP_ROWS];

        for (size_t r = 0; r < STRIP_ROWS; r++) at[r] = (const unsigned char *)(lines[r] + k);
        strip_packer_avx512.turn(at, 1, turned);
        for (size_t i = 0; i < STRIP_ROWS; i++)
            memcpy(to + i * width, turned + i * STRIP * 4, LINE);
    }
}

static void foresee(const unsigned char *at, size_t stride)
{
    for (size_t r = 0; r < ROWS; r++) __builtin_prefetch(at + r * stride, 0, 2);
}

/* wide is a constant where it is called: whether there are two tiles of x. */
static inline __attribute__((always_inline)) void tile_of(const struct narrow_piece *piece,
                                                          float *parts, bool wide)
{
    const size_t width = (wide ? 2UL : 1UL) * ROW_BYTES;
    const size_t stride = (size_t)(piece->rows[1] - piece->rows[0]);
    const unsigned char *x = (const unsigned char *)piece->x + piece->k / 2 * width;
    const unsigned char *w = piece->rows[0];
    float *low = parts + SIDE * width / sizeof *parts;

    if (piece->first) {
        TILE_ZERO(0);
        TILE_ZERO(1);
        TILE_ZERO(2);
        TILE_ZERO(3);
    } else {
        TILE_LOAD(0, parts, width);
        if (wide) TILE_LOAD(1, parts + SIDE, width);
        TILE_LOAD(2, low, width);
        if (wide) TILE_LOAD(3, low + SIDE, width);
    }
    for (size_t k = 0; k < piece->count; k += TILE_DEPTH, w += ROW_BYTES, x += SIDE * width) {
        if (piece->ahead) foresee(w + piece->ahead, stride);
        TILE_STREAM(4, w, stride);
        TILE_LOAD(6, x, width);
        TILE_PRODUCT(0, 4, 6);
        TILE_STREAM(5, w + SIDE * stride, stride);
        TILE_PRODUCT(2, 5, 6);
        if (wide) TILE_LOAD(7, x + ROW_BYTES, width);
        if (wide) TILE_PRODUCT(1, 4, 7);
        if (wide) TILE_PRODUCT(3, 5, 7);
    }
    TILE_STORE(0, parts, width);
    if (wide) TILE_STORE(1, parts + SIDE, width);
    TILE_STORE(2, low, width);
    if (wide) TILE_STORE(3, low + SIDE, width);
}

static void tile(const struct narrow_piece *piece, float *parts)
{
    if (piece->M > SIDE)
        tile_of(piece, parts, true);
    else
        tile_of(piece, parts, false);
}

/* The sums stand there as [row][m]. */
static void fold(size_t M, const float *parts, float *sums)
{
    const size_t width = width_of(M);

    for (size_t m = 0; m < width; m += SIDE)
        for (size_t row = 0; row < ROWS; row += SIDE) {
            const unsigned char *at[STRIP_ROWS];

            for (size_t r = 0; r < STRIP_ROWS; r++)
                at[r] = (const unsigned char *)(parts + (row + r) * width + m);
            strip_packer_avx512.turn(at, 1, (unsigned char *)(sums + m * STRIP + row));
        }
}

static void enter(void)
{
    kernel_amx.enter();
}

static void leave(void)
{
    kernel_amx.leave();
}

extern const struct stream_narrow stream_amx;

const struct stream_narrow stream_amx = {.name = "amx",
                                         .needs = CPU_AMX,
                                         .rows = ROWS,
                                         .chunk = 4096,
                                         .evenly = true,
                                         .take = take,
                                         .tile = tile,
                                         .fold = fold,
                                         .enter = enter,
                                         .leave = leave};
