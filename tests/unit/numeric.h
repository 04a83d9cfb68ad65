/* The tiny models of tests/golden/numeric, and what the libraries compute with them. */
#ifndef TESTS_UNIT_NUMERIC_H
#define TESTS_UNIT_NUMERIC_H

#include "decoder/step.h"
#include "safetensors/safetensors.h"

extern const char *const numeric_models[]; /* NULL at the end */

/* Paths below tests/golden/numeric, good until the next call but three. */
const char *numeric_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A model, opened, with its adapter if there is one for it and it is asked for. */
struct numeric {
    struct model model;
    struct base base;
    struct adapter adapter;
    struct decoder decoder;
    struct team *team;
    bool adapted;
};

bool numeric_open(struct numeric *numeric, const char *model, enum precision precision,
                  size_t threads, bool adapted);
void numeric_close(struct numeric *numeric);

/* All numbers of a tensor, to be freed with mem_free; NULL with a comment when it is missing. */
float *numeric_floats(const struct safetensors *file, const char *name, size_t *count);
uint32_t *numeric_ids(const struct safetensors *file, const char *name, size_t *count);

/* max |a - b| / max |b| */
double numeric_distance(const float *a, const float *b, size_t count);

#endif
