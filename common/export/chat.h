/* The chat template of a model, as 'tokenizer.chat_template'; others it has, by their names. */
#ifndef EXPORT_CHAT_H
#define EXPORT_CHAT_H

#include "export/origin.h"
#include "gguf/gguf_writer.h"

/* chat_template.jinja goes before tokenizer_config.json, as it does where models are trained. */
bool chat_write(const struct origin *origin, struct gguf_writer *writer, struct err *err);

#endif
