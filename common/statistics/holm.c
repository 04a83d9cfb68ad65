#include "statistics/holm.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    double p;
    size_t place;
};

static int by_p(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;

    return (a->p > b->p) - (a->p < b->p);
}

void holm_correct(const double *p, double *corrected, size_t count)
{
    struct ranked *ranked = mem_zero(count, sizeof *ranked);
    size_t tests = 0;
    double least = 0;

    for (size_t i = 0; i < count; i++) {
        corrected[i] = NAN;
        if (!isnan(p[i])) ranked[tests++] = (struct ranked){p[i], i};
    }
    qsort(ranked, tests, sizeof *ranked, by_p);
    for (size_t i = 0; i < tests; i++) {
        least = fmin(1, fmax(least, (double)(tests - i) * ranked[i].p));
        corrected[ranked[i].place] = least;
    }
    mem_free(ranked);
}
