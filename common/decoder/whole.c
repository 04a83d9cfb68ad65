#include "decoder/whole.h"

#include <string.h>

static void declare(struct parameters *parameters, const struct decoder *decoder, size_t l,
                    enum weight_role role)
{
    char name[WEIGHT_NAME];
    uint64_t shape[2] = {0, 1};
    const unsigned rank = weight_shape(role, decoder->config, shape);

    weight_name(role, WEIGHT_HF, l, name);
    parameters_add(parameters, name, rank, shape, rank == 2);
}

static void take(const struct parameters *parameters, const struct parameter *parameter,
                 struct decoder_layer *layer, enum weight_role role)
{
    float *values = parameters->values + parameter->offset;

    layer->gradient[role] = parameters->gradients + parameter->offset;
    if (parameter->rank == 1) {
        memcpy(values, layer->vector[role], parameter->count * sizeof *values);
        layer->vector[role] = values;
        return;
    }
    for (uint64_t row = 0; row < parameter->shape[0]; row++)
        matrix_to_f32(&layer->matrix[role], row, 0, (size_t)parameter->shape[1],
                      values + row * parameter->shape[1]);
    layer->matrix[role] =
        matrix_of_floats(values, parameter->shape[0], parameter->shape[1], parameter->shape[1]);
}

/* Is there such a weight? Those of the whole model count with the first layer. */
static bool is_weight(const struct decoder *decoder, size_t l, enum weight_role role)
{
    return weight_present(role, decoder->config) && (l == 0 || weight_per_layer(role));
}

void whole_init(struct parameters *parameters, struct decoder *decoder)
{
    const struct parameter *next;

    parameters_init(parameters);
    for (size_t l = 0; l < decoder->config->layers; l++)
        for (enum weight_role role = 0; role < WEIGHT_ROLES; role++)
            if (is_weight(decoder, l, role)) declare(parameters, decoder, l, role);
    parameters_settle(parameters);
    parameters_train(parameters);
    next = parameters->items;
    for (size_t l = 0; l < decoder->config->layers; l++)
        for (enum weight_role role = 0; role < WEIGHT_ROLES; role++)
            if (is_weight(decoder, l, role)) take(parameters, next++, &decoder->layers[l], role);
    decoder->whole = true;
    decoder->lowest = 0;
}
