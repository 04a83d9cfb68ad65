/* What a model is, by the metadata of a GGUF file. */
#ifndef MODEL_CONFIG_GGUF_H
#define MODEL_CONFIG_GGUF_H

#include "gguf/gguf.h"
#include "model/config.h"

/* The file is borrowed for as long as the config is used. Mistral's files say 'llama'. */
bool config_from_gguf(struct config *config, const struct gguf *gguf, struct err *err);

#endif
