/* A matrix made smaller, in memory of its own: the parts that a struct matrix of such a form points
 * to, and how long they are. */
#ifndef TENSOR_QUANTISED_H
#define TENSOR_QUANTISED_H

#include "machine/team.h"
#include "tensor/matrix.h"

struct quantised {
    enum matrix_form form; /* MATRIX_INT8 or MATRIX_NF4 */
    uint64_t rows, cols;
    size_t code_bytes, absmax_bytes, scale_count; /* by form, rows and cols; 0 of what it lacks */
    unsigned char *codes, *absmax;                /* owned, as the scales */
    float *scales;
    float offset;
};

/* Sets the sizes; there is no memory yet. */
struct quantised quantised_sizes(enum matrix_form form, uint64_t rows, uint64_t cols);

/* Takes the memory and fills it; false, with nothing to release, when an element is NaN or
 * infinite. The number of threads changes nothing. */
bool quantised_make(struct quantised *to, enum matrix_form form, const struct matrix *from,
                    struct team *team);

/* Borrows the parts. */
struct matrix quantised_matrix(const struct quantised *quantised);

void quantised_release(struct quantised *quantised);

#endif
