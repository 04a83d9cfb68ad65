/* What each kind of CPU brings to stream_product: rows of a matrix unpacked, and their products.
 *
 * A product's sum is kept in `lanes` partial sums: element k goes to number k % lanes, in the order
 * of k, and fold adds them up in the end. Whatever way a sum takes - row by row or in tiles, in one
 * go or in pieces - it takes the same steps, so the ways may be mixed at will. */
#ifndef STREAM_STREAM_CPU_H
#define STREAM_STREAM_CPU_H

#include "lanes/cpu.h"
#include "tensor/matrix.h"

enum {
    STREAM_ROWS = 8,  /* of the matrix, taken together */
    STREAM_QUAD = 4,  /* of these, where they are not unpacked first */
    STREAM_STEP = 32, /* counts of elements are multiples of this, or of a block that is larger */
    STREAM_LANES = 16 /* at most */
};

/* One stored format; int8 goes without the scales of its rows. */
struct stream_form {
    /* Continues the partial sums of STREAM_QUAD rows with one row of x. ahead: bytes from each
     * address to what will be wanted a while later. */
    void (*quad)(const unsigned char *const *rows, size_t count, const float *x, float *parts,
                 ptrdiff_t ahead);
    void (*unpack)(const unsigned char *at, size_t count, float *out, ptrdiff_t ahead);
};

struct stream_cpu {
    const char *name;
    enum cpu_level needs;
    size_t lanes;
    bool any_address; /* floats are read from addresses of any kind */

    struct stream_form forms[DTYPE_COUNT]; /* NULL where it has no code of its own */

    /* Continues parts[M][STREAM_ROWS][lanes] with rows of floats. */
    void (*tile)(const unsigned char *const *rows, size_t count, size_t M, const float *x,
                 size_t ldx, float *parts);

    /* The sum of each of count, a multiple of STREAM_ROWS. */
    void (*fold)(const float *parts, size_t count, float *sums);
};

const struct stream_cpu *stream_cpu(void); /* for cpu_level() */

/* The least multiple of unit rows that has so many bytes. */
size_t stream_rows(const struct matrix *w, size_t unit, size_t bytes);

/* Rows of a piece of work: a multiple of unit. */
size_t stream_share(const struct matrix *w, size_t unit, size_t threads);

#endif
