/* config.json and generation_config.json, as transformers writes them.
 *
 * Two generations of keys are read: 'rope_theta' with 'rope_scaling' (4.x) and 'rope_parameters'
 * (5.x), 'torch_dtype' and 'dtype', the window by 'use_sliding_window' and by 'layer_types'. */
#ifndef MODEL_CONFIG_JSON_H
#define MODEL_CONFIG_JSON_H

#include "core/memory.h"
#include "model/config.h"

/* path is what to call the file. */
bool config_from_json(struct config *config, struct text json, const char *path, struct err *err);

/* Takes the numbers of special tokens that generation_config.json gives over those that are there.
 * The others of its settings are left to whoever generates. */
bool config_add_generation(struct config *config, struct text json, const char *path,
                           struct err *err);

#endif
