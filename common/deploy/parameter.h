/* The parameters that Ollama keeps with a model. It checks neither names nor types when a model is
 * made, and fails when the model is used: so they are checked here. */
#ifndef DEPLOY_PARAMETER_H
#define DEPLOY_PARAMETER_H

#include "core/err.h"
#include "core/memory.h"

/* Is there such a parameter, and can it have that value? err: "'top_k' is not a whole number:
 * 'x'" */
bool parameter_check(const char *name, const char *value, struct err *err);

/* Adds a checked value as JSON. */
void parameter_write(struct buffer *json, const char *name, const char *value);

#endif
