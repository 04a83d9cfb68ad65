/* Attention over random rows, and what its formulas give in double precision, row by row. */
#ifndef TESTS_ATTENTION_SCENE_H
#define TESTS_ATTENTION_SCENE_H

#include "attention/attention.h"
#include "hash/random.h"

#include <stdbool.h>

struct scene {
    struct attention shape;
    struct layout layout;
    struct segment segments[16];
    size_t ldq, ldk;
    float *q, *k, *v, *dout, *o, *sums, *dq, *dk, *dv;
};

/* Segments as (rows, parent) pairs; a parent of -1 is none. */
void scene_init(struct scene *batch, struct random *noise, struct attention shape,
                const int (*parts)[2], size_t count);
void scene_release(struct scene *batch);

/* Forward, then backward. */
void scene_run(struct scene *batch, enum precision precision, size_t threads);

/* In the places of the batch's own results. */
struct truth {
    double *o, *sums, *dq, *dk, *dv;
};

struct truth truth_of(const struct scene *batch);
void truth_release(struct truth *truth);

float *random_floats(struct random *noise, size_t count); /* NULL: zeros */

#endif
