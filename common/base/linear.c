#include "base/linear.h"

struct quantised linear_sizes(const struct linear *linear, enum matrix_form form)
{
    const struct tensor *tensor = linear->weight->tensor;

    return quantised_sizes(form, tensor->shape[0], tensor->shape[1]);
}

bool linear_quantise(struct linear *linear, enum matrix_form form, struct team *team,
                     struct err *err)
{
    const struct matrix from = weight_matrix(linear->weight);

    return quantised_make(&linear->parts, form, &from, team) ||
           err_set(err, "%s: '%.*s' holds NaN or infinity", linear->model,
                   GGUF_SHOWN(linear->weight->tensor->name));
}
