/* A weight that is quantised, and what it is made into. */
#ifndef BASE_LINEAR_H
#define BASE_LINEAR_H

#include "model/weights.h"
#include "tensor/quantised.h"

struct linear {
    const char *model;           /* borrowed: what to call it */
    const struct weight *weight; /* borrowed from the model */
    enum weight_role role;
    size_t layer;
    struct quantised parts; /* all zero until they are made or found; from a cache only the scales
                               are owned, codes and absmax lie in the file */
};

struct quantised linear_sizes(const struct linear *linear, enum matrix_form form);

/* Makes the parts; fails when an element is NaN or infinite. */
bool linear_quantise(struct linear *linear, enum matrix_form form, struct team *team,
                     struct err *err);

#endif
