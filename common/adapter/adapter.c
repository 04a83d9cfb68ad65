#include "adapter/adapter.h"

#include "adapter/adapter_layout.h"
#include "core/memory.h"
#include "hash/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void tensor_name(char name[ADAPTER_NAME], size_t layer, enum weight_role role, char side)
{
    char weight[WEIGHT_NAME];

    weight_name(role, WEIGHT_HF, layer, weight);
    snprintf(name, ADAPTER_NAME, "base_model.model.%.*s.lora_%c.weight",
             (int)(strlen(weight) - strlen(".weight")), weight, side);
}

static float scale_of(const struct target *target, bool rslora)
{
    const double rank = (double)target->rank;

    return (float)(target->alpha / (rslora ? sqrt(rank) : rank));
}

/* The parameters of one module, and its sizes. */
static void add_module(struct adapter *adapter, const struct config *config, size_t layer,
                       size_t which, const struct target *target)
{
    struct lora *lora = &adapter->loras[layer * WEIGHT_LINEARS + which];
    char name[ADAPTER_NAME];
    uint64_t shape[2];

    weight_shape(weight_linears[which], config, shape);
    *lora = (struct lora){.in = shape[1], .out = shape[0]};
    if (target->rank == 0) return;
    lora->rank = target->rank;
    lora->scale = scale_of(target, adapter->options.rslora);
    tensor_name(name, layer, weight_linears[which], 'A');
    parameters_add(&adapter->parameters, name, 2, (uint64_t[]){lora->rank, lora->in}, true);
    tensor_name(name, layer, weight_linears[which], 'B');
    parameters_add(&adapter->parameters, name, 2, (uint64_t[]){lora->out, lora->rank}, true);
}

void adapter_settle(struct adapter *adapter)
{
    const struct parameters *parameters = &adapter->parameters;
    const struct parameter *next = parameters->items;

    parameters_settle(&adapter->parameters);
    for (size_t i = 0; i < adapter->layers * WEIGHT_LINEARS; i++) {
        if (adapter->loras[i].rank == 0) continue;
        adapter->loras[i].a = parameters->values + next++->offset;
        adapter->loras[i].b = parameters->values + next++->offset;
    }
}

bool adapter_lay_out(struct adapter *adapter, const struct config *config,
                     const struct adapter_options *options, struct err *err)
{
    struct target *targets = mem_zero(config->layers * (size_t)WEIGHT_LINEARS, sizeof *targets);

    if (!targets_find(targets, options, config, err)) {
        mem_free(targets);
        return false;
    }
    *adapter = (struct adapter){.layers = config->layers};
    adapter_options_copy(&adapter->options, options);
    parameters_init(&adapter->parameters);
    adapter->loras = mem_zero(adapter->layers * WEIGHT_LINEARS, sizeof *adapter->loras);
    for (size_t layer = 0; layer < adapter->layers; layer++)
        for (size_t i = 0; i < WEIGHT_LINEARS; i++)
            add_module(adapter, config, layer, i, &targets[layer * WEIGHT_LINEARS + i]);
    mem_free(targets);
    return true;
}

/* The bound in the steps of torch's kaiming_uniform_ with a = sqrt(5), which is 1 / sqrt(in) but
 * for its last bits. */
static float bound_of(size_t in)
{
    const double slope = sqrt(5.0), gain = sqrt(2.0 / (1 + slope * slope));

    return (float)(sqrt(3.0) * (gain / sqrt((double)in)));
}

static void skip(struct random *random, size_t count)
{
    while (count-- > 0) random_u32(random);
}

/* PEFT draws A and B when it makes them, and then A again, which alone counts. */
static void draw(struct random *random, const struct lora *lora, float *a)
{
    const float bound = bound_of(lora->in), width = bound + bound;

    skip(random, lora->rank * lora->in + lora->out * lora->rank);
    for (size_t i = 0; i < lora->rank * lora->in; i++) {
        const float unit = (float)(random_u32(random) & 0xffffff) / 0x1p24F;

        a[i] = fmaf(unit, width, -bound);
    }
}

bool adapter_init(struct adapter *adapter, const struct config *config,
                  const struct adapter_options *options, uint64_t seed, struct err *err)
{
    struct random random;
    float *values;

    if (!adapter_lay_out(adapter, config, options, err)) return false;
    adapter_settle(adapter);
    random_init(&random, (uint32_t)seed);
    values = adapter->parameters.values;
    for (size_t i = 0; i < adapter->layers * WEIGHT_LINEARS; i++) {
        const struct lora *lora = &adapter->loras[i];

        if (lora->rank > 0) draw(&random, lora, values + (lora->a - values));
    }
    return true;
}

void adapter_train(struct adapter *adapter)
{
    struct parameters *parameters = &adapter->parameters;

    parameters_train(parameters);
    for (size_t i = 0; i < adapter->layers * WEIGHT_LINEARS; i++) {
        struct lora *lora = &adapter->loras[i];

        if (lora->rank == 0) continue;
        lora->da = parameters->gradients + (lora->a - parameters->values);
        lora->db = parameters->gradients + (lora->b - parameters->values);
    }
}

const struct lora *adapter_lora(const struct adapter *adapter, size_t layer, enum weight_role role)
{
    return &adapter->loras[layer * WEIGHT_LINEARS + weight_linear(role)];
}

size_t adapter_lowest(const struct adapter *adapter)
{
    size_t first = 0;

    while (adapter->loras[first].rank == 0) first++;
    return first / WEIGHT_LINEARS;
}

void adapter_release(struct adapter *adapter)
{
    adapter_options_release(&adapter->options);
    parameters_release(&adapter->parameters);
    mem_free(adapter->loras);
    *adapter = (struct adapter){0};
}
