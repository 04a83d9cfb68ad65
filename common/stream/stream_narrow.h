/* stream_product of a matrix that is stored in bf16, where that is computed with faster than floats
 * are: x is rounded to it once, the matrix is read where it stands.
 *
 * A sum takes the same steps whatever else is computed beside it: each kind of CPU has one order of
 * k, and pieces of k are multiples of NARROW_STEP. */
#ifndef STREAM_STREAM_NARROW_H
#define STREAM_STREAM_NARROW_H

#include "gemm/kernel.h"
#include "machine/team.h"

enum {
    NARROW_STEP = 32,  /* rows are filled up with zeros to multiples of this */
    NARROW_SLAB = 32,  /* most rows of x taken together */
    NARROW_LINE = 16,  /* of these, rounded together */
    NARROW_PIECE = 512 /* most elements of a row that are rounded or copied together */
};

/* Some rows of the matrix times a slab of x. */
struct narrow_piece {
    const unsigned char *const *rows;
    ptrdiff_t ahead; /* bytes from each address to what will be wanted a while later, or 0 */
    const bf16 *x;   /* the slab */
    size_t M, ld;    /* rows of it; elements of one, filled up */
    size_t k, count; /* count: a multiple of NARROW_STEP */
    bool first;      /* sums begin here */
};

struct stream_narrow {
    const char *name;
    enum cpu_level needs;
    size_t rows;  /* of the matrix, taken together */
    size_t chunk; /* most elements of theirs */
    bool evenly;  /* where the rows stand must be so */

    /* Rounds rows m to m + rows <= NARROW_LINE of a slab, elements k to k + count, into their
     * places, with zeros up to whole steps. x begins at the first of them. */
    void (*take)(const struct narrow_piece *slab, size_t m, size_t rows, const float *x, size_t ldx,
                 bf16 *out);

    /* Continues the unfinished sums parts. */
    void (*tile)(const struct narrow_piece *piece, float *parts);

    /* sums[m * STRIP + row] */
    void (*fold)(size_t M, const float *parts, float *sums);

    void (*enter)(void); /* around a piece of work, on its thread; or NULL */
    void (*leave)(void);
};

/* What kernel_get goes by for bf16 decides; NULL where floats are faster. */
const struct stream_narrow *stream_narrow_get(void);

/* All there are, for tests and benchmarks; NULL after the last. */
const struct stream_narrow *stream_narrow_at(size_t index);

/* stream_product by this one. */
void stream_narrow_product(const struct stream_narrow *narrow, struct team *team,
                           const struct matrix *w, size_t M, const float *x, size_t ldx, float *y,
                           size_t ldy, bool add);

#endif
