/* A LoRA adapter: pairs of low matrices beside the linear layers of a model, as PEFT makes, writes
 * and reads them.
 *
 *     y = W x + scale B A x,  scale = alpha / rank, or alpha / sqrt(rank) with rslora
 *
 * On disk it is a folder with adapter_config.json (adapter/adapter_config) and
 * adapter_model.safetensors, which holds A and B of each adapted module under
 * 'base_model.model.MODULE.lora_A.weight' and '...lora_B.weight'. */
#ifndef ADAPTER_ADAPTER_H
#define ADAPTER_ADAPTER_H

#include "adapter/adapter_options.h"
#include "adapter/parameters.h"
#include "adapter/targets.h"
#include "ops/lora.h"

struct adapter {
    struct adapter_options options; /* owned */
    struct parameters parameters; /* A and B of each module, in the order of the model's modules */
    struct lora *loras;           /* layers times WEIGHT_LINEARS, into the parameters */
    size_t layers;
};

/* A new one, not yet trained: A as PEFT draws it from the seed, of which the lower 32 bits count, B
 * zero. The options are copied. */
bool adapter_init(struct adapter *adapter, const struct config *config,
                  const struct adapter_options *options, uint64_t seed, struct err *err);

/* From a folder. All tensors that the config promises must be there, finite, and no others. */
bool adapter_load(struct adapter *adapter, const struct config *config, const char *path,
                  struct err *err);

/* Writes both files into a folder, which is made if it is not there: both appear whole or none
 * changes. The same adapter gives the same bytes. */
bool adapter_save(const struct adapter *adapter, const char *path, struct err *err);

/* Makes the gradients, all 0, to which the backward pass adds. */
void adapter_train(struct adapter *adapter);

/* What is added to a linear layer (WEIGHT_Q .. WEIGHT_DOWN); its rank is 0 where nothing is. */
const struct lora *adapter_lora(const struct adapter *adapter, size_t layer, enum weight_role role);

/* The first layer that has an adapter: gradients need not go below it. */
size_t adapter_lowest(const struct adapter *adapter);

void adapter_release(struct adapter *adapter);

#endif
