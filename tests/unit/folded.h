/* Folds for tests: golden bases and adapters, made ones, and what came out. */
#ifndef TESTS_UNIT_FOLDED_H
#define TESTS_UNIT_FOLDED_H

#include "fold/fold.h"

/* Paths below tests/golden, good until the next call but seven. */
const char *folded_golden(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs it whole; false with err. */
bool folded(const struct fold_wish *wish, size_t threads, struct fold_tally *tally,
            struct err *err);

/* Writes an adapter with random A and B for a model; returns its folder. targets: one name. */
const char *folded_adapter(const char *name, const char *model, const char *target, size_t rank);

/* Largest difference of any number by a tensor's largest, or -1 with a comment where names, formats
 * or shapes are not those of want. A tensor that want lacks is to be as in base, unless that is
 * NULL. */
double folded_distance(const char *got, const char *want, const char *base);

#endif
