/* Pairs of bf16 in tiles: 2 x 2 tiles of sums (32 x 32), 2 of x beside them and 2 of the strip.
 *
 * A tile of x is 16 rows of 32 k as they stand in memory. One of the strip is 16 pairs of k by 16
 * columns; the strip comes from the second cache, so its tiles are loaded so as not to drive x from
 * the first one. */
#include "gemm/kernel.h"
#include "lanes/tile_amx.h"

#include <string.h>

enum {
    STRIP_BYTES = STRIP * 4L, /* from pair to pair */
    BLOCK = 2 * SIDE          /* rows and columns of a block of sums */
};

static void enter(void)
{
    static const struct {
        unsigned char palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        unsigned char rows[16];
    } config = {.palette = 1,
                .row_bytes = {ROW_BYTES, ROW_BYTES, ROW_BYTES, ROW_BYTES, ROW_BYTES, ROW_BYTES,
                              ROW_BYTES, ROW_BYTES},
                .rows = {SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE}};

    __asm__ volatile("ldtilecfg %0" ::"m"(config) : "memory");
}

static void leave(void)
{
    __asm__ volatile("tilerelease" ::: "memory");
}

struct tiles {
    size_t rows, depth; /* that x has */
    const bf16 *x;
    size_t ldx;
    const unsigned char *strip;
    float *y; /* whole tiles */
    size_t ldy;
    bool add;
};

/* 32 of k of the rows there are, with zeros where there is nothing. */
static void pad(const struct tiles *t, size_t k, unsigned char *padded)
{
    const size_t left = t->depth - k < TILE_DEPTH ? t->depth - k : TILE_DEPTH;

    memset(padded, 0, (size_t)BLOCK * ROW_BYTES);
    for (size_t r = 0; r < t->rows; r++)
        memcpy(padded + r * ROW_BYTES, t->x + r * t->ldx + k, left * sizeof *t->x);
}

/* tall and wide are constants where it is called: whether there are two tiles that way. */
static inline __attribute__((always_inline)) void tiles_run(const struct tiles *t, bool tall,
                                                            bool wide)
{
    const size_t ldy = t->ldy * sizeof *t->y, step = STRIP_BYTES;
    const unsigned char *strip = t->strip;
    const bool short_rows = t->rows < (tall ? BLOCK : SIDE);
    float *low = t->y + SIDE * t->ldy;
    unsigned char padded[BLOCK * ROW_BYTES];

    if (t->add) {
        TILE_LOAD(0, t->y, ldy);
        if (wide) TILE_LOAD(1, t->y + SIDE, ldy);
        if (tall) TILE_LOAD(2, low, ldy);
        if (tall && wide) TILE_LOAD(3, low + SIDE, ldy);
    } else {
        TILE_ZERO(0);
        TILE_ZERO(1);
        TILE_ZERO(2);
        TILE_ZERO(3);
    }
    for (size_t k = 0; k < t->depth; k += TILE_DEPTH, strip += SIDE * STRIP_BYTES) {
        const unsigned char *x = (const unsigned char *)(t->x + k);
        size_t stride = t->ldx * sizeof *t->x;

        if (short_rows || t->depth - k < TILE_DEPTH) {
            pad(t, k, padded);
            x = padded;
            stride = ROW_BYTES;
        }
        TILE_LOAD(4, x, stride);
        TILE_STREAM(6, strip, step);
        TILE_PRODUCT(0, 4, 6);
        if (tall) TILE_LOAD(5, x + SIDE * stride, stride);
        if (tall) TILE_PRODUCT(2, 5, 6);
        if (wide) TILE_STREAM(7, strip + ROW_BYTES, step);
        if (wide) TILE_PRODUCT(1, 4, 7);
        if (tall && wide) TILE_PRODUCT(3, 5, 7);
    }
    TILE_STORE(0, t->y, ldy);
    if (wide) TILE_STORE(1, t->y + SIDE, ldy);
    if (tall) TILE_STORE(2, low, ldy);
    if (tall && wide) TILE_STORE(3, low + SIDE, ldy);
}

static void tiles_shape(const struct tiles *t, bool wide)
{
    if (t->rows > SIDE && wide)
        tiles_run(t, true, true);
    else if (t->rows > SIDE)
        tiles_run(t, true, false);
    else if (wide)
        tiles_run(t, false, true);
    else
        tiles_run(t, false, false);
}

/* Sums that fill no tile go by way of whole ones on the stack. */
static void tiles_edge(const struct tiles *t, size_t columns)
{
    struct tiles whole = *t;
    float spare[BLOCK * BLOCK] = {0};

    whole.y = spare;
    whole.ldy = BLOCK;
    for (size_t r = 0; r < t->rows && t->add; r++)
        memcpy(spare + r * BLOCK, t->y + r * t->ldy, columns * sizeof *spare);
    tiles_shape(&whole, columns > SIDE);
    for (size_t r = 0; r < t->rows; r++)
        memcpy(t->y + r * t->ldy, spare + r * BLOCK, columns * sizeof *spare);
}

static void multiply(size_t rows, size_t columns, size_t depth, const void *x, size_t ldx,
                     const void *strip, float *y, size_t ldy, bool add)
{
    for (size_t row = 0; row < rows; row += BLOCK)
        for (size_t column = 0; column < columns; column += BLOCK) {
            const size_t tall = rows - row < BLOCK ? rows - row : BLOCK;
            const size_t wide = columns - column < BLOCK ? columns - column : BLOCK;
            struct tiles tiles = {.rows = tall,
                                  .depth = depth,
                                  .x = (const bf16 *)x + row * ldx,
                                  .ldx = ldx,
                                  .strip = (const unsigned char *)strip + column * 4,
                                  .ldy = ldy,
                                  .add = add};

            tiles.y = y + row * ldy + column;
            if (tall % SIDE || wide % SIDE)
                tiles_edge(&tiles, wide);
            else
                tiles_shape(&tiles, wide > SIDE);
        }
}

extern const struct kernel kernel_amx;

const struct kernel kernel_amx = {.name = "amx",
                                  .precision = PRECISION_BF16,
                                  .needs = CPU_AMX,
                                  .row_block = 32,
                                  .panel = 3,
                                  .depth = 2048,
                                  .multiply = multiply,
                                  .enter = enter,
                                  .leave = leave};
