/* The files in the folder of an adapter. */
#ifndef ADAPTER_ADAPTER_FILES_H
#define ADAPTER_ADAPTER_FILES_H

#include "adapter/adapter_options.h"
#include "safetensors/root.h"
#include "safetensors/safetensors.h"

/* adapter_config.json. After a failure there is nothing to release. */
bool adapter_files_options(struct adapter_options *options, const struct root *root,
                           struct err *err);

/* adapter_model.safetensors, whatever tensors there are. */
bool adapter_files_weights(struct safetensors *weights, const struct root *root, struct err *err);

#endif
