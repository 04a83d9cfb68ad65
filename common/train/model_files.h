/* The small files that belong to a model's weights, put beside trained ones. */
#ifndef TRAIN_MODEL_FILES_H
#define TRAIN_MODEL_FILES_H

#include "core/err.h"

/* tokenizer.json, tokenizer_config.json and chat_template.jinja of a model into a folder, where it
 * has them; a GGUF file has none. */
bool model_files_copy(const char *model, const char *folder, struct err *err);

/* Has it a config.json that trained weights could go with? A GGUF file has none. */
bool model_files_check(const char *model, struct err *err);

/* config.json and generation_config.json, for weights that are floats now. */
bool model_files_config(const char *model, const char *folder, struct err *err);

#endif
