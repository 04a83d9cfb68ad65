/* Rows of one weight, folded: the innermost loop.
 *
 * Numbers are those of PEFT's merge_and_unload on a CPU, bit for bit: a product is summed by
 * increasing rank with one rounding a step (fused), multiplied by the scale and added to the
 * weight; the length of a row (DoRA) is summed in eight lanes. What differs is when results are
 * rounded to the format of the output. */
#ifndef FOLD_ROWS_H
#define FOLD_ROWS_H

#include "machine/team.h"
#include "tensor/matrix.h"

enum rounding {
    ROUND_ONCE, /* at the end: of one adapter as PEFT */
    ROUND_EACH, /* the base, then after each adapter, of the embedding its part, too: as PEFT */
    ROUND_SAFE  /* that, and each adapter's part before it is added: as PEFT with safe_merge */
};

/* One adapter's part in a weight. */
struct term {
    float scale;
    size_t rank;        /* 0: a vector is added */
    struct matrix left; /* B; of the embedding A, of which columns are taken */
    bool embedding;
    float *strips;       /* owned: A in the kernel's form; of the embedding B */
    const float *length; /* of each row (DoRA), or NULL; then it is the only term */
    const float *addend; /* an element a row */
};

/* What became of the weights. */
struct fold_tally {
    uint64_t weights,
        lost;      /* lost: something was to be added, and the rounded weight is the same */
    float worst;   /* max |W' - (W + delta)| */
    bool infinite; /* something is no number */
};

/* A weight's rows, and how they leave. */
struct rows {
    struct matrix source;
    enum dtype dtype; /* of the output: F32, F16 or BF16 */
    enum rounding rounding;
    const struct term *terms; /* borrowed */
    size_t count;
};

/* Packs the right operand: right is A, [rank, columns], or of an embedding B, [columns, rank]. */
void term_pack(struct term *term, const struct matrix *right);
void term_release(struct term *term);

/* Bytes of scratch for so many rows, and bytes of so many rows in the output. */
size_t rows_scratch(const struct rows *rows, size_t count);
size_t rows_bytes(const struct rows *rows, size_t count);

/* Folds count rows from first on into out; adds to the tally where there are terms. */
void rows_fold(const struct rows *rows, uint64_t first, size_t count, unsigned char *out,
               void *scratch, struct fold_tally *tally);

void fold_tally_add(struct fold_tally *to, const struct fold_tally *more);

#endif
