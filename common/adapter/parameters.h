/* What is trained: all numbers in one flat array, and a table that says which tensor is where.
 *
 * An optimiser walks the flat arrays and needs the table only to know what decays. Tensors begin at
 * multiples of 64 bytes; what fills the gaps is 0 in the values and in the gradients. */
#ifndef ADAPTER_PARAMETERS_H
#define ADAPTER_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parameter {
    char *name;    /* in files */
    unsigned rank; /* 1 or 2 */
    uint64_t shape[2];
    size_t offset, count; /* floats, in either array */
    bool decays;
};

struct parameters {
    struct parameter *items; /* in the order they were added, which is that of their offsets */
    size_t count, room;
    size_t size;      /* floats of an array */
    float *values;    /* NULL until parameters_settle */
    float *gradients; /* of the same layout; NULL: they are not trained */
};

void parameters_init(struct parameters *parameters);

/* The name is copied; rank says how many extents of shape count. Returns the index. */
size_t parameters_add(struct parameters *parameters, const char *name, unsigned rank,
                      const uint64_t *shape, bool decays);

/* After the last addition: makes the values, all 0. */
void parameters_settle(struct parameters *parameters);

void parameters_train(struct parameters *parameters);           /* makes the gradients, all 0 */
void parameters_clear_gradients(struct parameters *parameters); /* to 0 */
void parameters_release(struct parameters *parameters);

#endif
