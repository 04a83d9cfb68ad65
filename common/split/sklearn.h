/* Which rows scikit-learn's train_test_split picks, bit for bit: numpy's legacy RandomState, the
 * permutation it draws, ceil for the test set, and for strata the rounding of
 * StratifiedShuffleSplit, whose ties are broken by chance as well. */
#ifndef SPLIT_SKLEARN_H
#define SPLIT_SKLEARN_H

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

struct sklearn_split {
    size_t *train, *test; /* row numbers in the order they are picked; mem_free both */
    size_t train_count, test_count;
};

/* Splits rows 0..count-1. classes NULL: no strata; else the class of each row, from 0, numbered in
 * the sorted order of their names. */
bool sklearn_split(struct sklearn_split *split, size_t count, double test_size, uint32_t seed,
                   const uint32_t *classes, struct err *err);

#endif
