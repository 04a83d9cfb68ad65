/* What forward and backward attention share: how the work is cut into tiles, which keys a query
 * sees, and products of small blocks.
 *
 * The G = H / K query heads that read one key head stand side by side in a row of q, so they are
 * stacked: stacked row r G + g is head g of row r, and a block of queries is a block of G times as
 * many rows. Results do not depend on how rows are cut into tiles. The other side is taken in
 * chunks, whose grid starts at each segment's first row and depends on the shape alone. */
#ifndef ATTENTION_WORK_H
#define ATTENTION_WORK_H

#include "attention/attention.h"
#include "lanes/lanes.h"
#include "machine/slab.h"

enum {
    ATTENTION_CHUNK = 256, /* keys, or stacked queries: the strips of four */
    ATTENTION_BLOCK = 96,  /* rows of scores computed together: 16 x 6 and 3 x 32 */
    ATTENTION_LD = ATTENTION_CHUNK + STRIP_DEPTH
};

struct attention_work {
    const struct gemm *gemm;
    const struct attention *shape;
    const struct layout *layout;
    const struct lanes *lanes;
    size_t G;
    float scale;        /* 1 / sqrt(D) */
    size_t element;     /* bytes of an operand */
    size_t ld;          /* elements from row to row of a stacked operand, for D of them */
    struct tile *tiles; /* owned */
    size_t count;
};

/* Tiles of at most so many operand rows, of which each row makes stack; smaller ones where they
 * would be too few for the threads, which share them (or each take a tree: shared is false). */
void attention_work_init(struct attention_work *work, const struct gemm *gemm,
                         const struct attention *shape, const struct layout *layout, size_t rows,
                         size_t stack, bool shared);
void attention_work_release(struct attention_work *work);

/* Keys of the chunk that a stacked row of the tile sees, or any of count rows from row on: then
 * from is rounded down to a multiple of STRIP_DEPTH. */
struct span span_of_row(const struct attention_work *work, const struct tile *tile, size_t row,
                        const struct tile *chunk);
struct span span_of_block(const struct attention_work *work, const struct tile *tile, size_t row,
                          size_t count, const struct tile *chunk);

/* The strips of the chunk that some row of the tile sees; count is 0 where there is none. */
struct tile tile_seen(const struct attention_work *work, const struct tile *tile,
                      const struct tile *chunk);

/* s times width floats of each row, as operand rows of D: count * width / D of them. */
void attention_stack(const struct attention_work *work, float s, const float *x, size_t ldx,
                     size_t count, size_t width, float *spare, void *out);

/* All rows of the matrix as columns of strips. */
void attention_pack(enum precision precision, const struct matrix *matrix, char *strips,
                    void *scratch);

/* y[rows, columns] (+)= x[rows, depth] strips, which stand side by side; strip_depth is what they
 * were packed with, skip how much of it comes before x. */
void attention_multiply(const struct attention_work *work, size_t rows, size_t columns,
                        size_t depth, const void *x, size_t ldx, const char *strips,
                        size_t strip_depth, size_t skip, float *y, size_t ldy, bool add);

/* One step of a softmax that sees its row piece by piece: x = exp(x - most), where most is the
 * greatest so far; acc[D] and total, which were summed under an older one, are scaled to it. */
void attention_soften(const struct lanes *lanes, float *x, size_t n, float *most, float *total,
                      float *acc, size_t D);

/* y[rows, D] += scores[rows, all] strips: the scores stand ATTENTION_LD apart; narrow is where they
 * are rounded to where operands are not floats. all.from is a multiple of STRIP_DEPTH. */
void attention_accumulate(const struct attention_work *work, size_t rows, struct span all,
                          const float *scores, void *narrow, const char *strips, size_t strip_depth,
                          float *y);

#endif
