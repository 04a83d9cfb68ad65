#include "adapter/parameters.h"

#include "core/memory.h"

#include <assert.h>
#include <string.h>

#define GRAIN ((size_t)16) /* floats: 64 bytes */

void parameters_init(struct parameters *parameters)
{
    *parameters = (struct parameters){0};
}

size_t parameters_add(struct parameters *parameters, const char *name, unsigned rank,
                      const uint64_t *shape, bool decays)
{
    struct parameter *added;

    assert(!parameters->values && (rank == 1 || rank == 2));
    parameters->items = mem_room(parameters->items, parameters->count, &parameters->room,
                                 sizeof *parameters->items);
    added = &parameters->items[parameters->count];
    *added = (struct parameter){.name = mem_copy_text(name),
                                .rank = rank,
                                .shape = {shape[0], rank == 2 ? shape[1] : 1},
                                .offset = parameters->size,
                                .decays = decays};
    added->count = (size_t)(added->shape[0] * added->shape[1]);
    parameters->size += (added->count + GRAIN - 1) / GRAIN * GRAIN;
    return parameters->count++;
}

static float *zeros(size_t count)
{
    float *made = mem_aligned(count * sizeof *made);

    memset(made, 0, count * sizeof *made);
    return made;
}

void parameters_settle(struct parameters *parameters)
{
    assert(!parameters->values);
    parameters->values = zeros(parameters->size);
}

void parameters_train(struct parameters *parameters)
{
    assert(parameters->values);
    if (!parameters->gradients) parameters->gradients = zeros(parameters->size);
}

void parameters_clear_gradients(struct parameters *parameters)
{
    memset(parameters->gradients, 0, parameters->size * sizeof *parameters->gradients);
}

void parameters_release(struct parameters *parameters)
{
    for (size_t i = 0; i < parameters->count; i++) mem_free(parameters->items[i].name);
    mem_free(parameters->items);
    mem_free(parameters->values);
    mem_free(parameters->gradients);
    *parameters = (struct parameters){0};
}
