/* How far packed numbers are from those they were made of. */
#ifndef EXPORT_DEVIATION_H
#define EXPORT_DEVIATION_H

#include "machine/team.h"
#include "tensor/matrix.h"

struct deviation {
    uint64_t count; /* numbers that were compared */
    double squares; /* of the differences, summed */
    double most;    /* the largest difference */
};

/* Adds the rows of a matrix and what was made of them, which stands at at, row after row in that
 * format. Sums are cut by
 * the shape alone: the number of threads changes nothing. */
void deviation_add(struct deviation *deviation, const struct matrix *from, enum dtype dtype,
                   const unsigned char *at, struct team *team);

/* The root of the mean square. */
double deviation_mean(const struct deviation *deviation);

#endif
