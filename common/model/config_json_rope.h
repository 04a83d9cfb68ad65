/* The part of config.json that says how positions are turned. */
#ifndef MODEL_CONFIG_JSON_ROPE_H
#define MODEL_CONFIG_JSON_ROPE_H

#include "model/config.h"
#include "place/object.h"

/* Needs the other sizes to be set. */
bool config_rope_from_json(struct config *config, const struct object *object, struct err *err);

#endif
