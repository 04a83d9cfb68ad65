/* config.json of a model that was made from another one: the base's, as far as it stays true, or
 * one that says what a GGUF file says. */
#ifndef MODEL_CONFIG_TEXT_H
#define MODEL_CONFIG_TEXT_H

#include "model/config.h"

#include "core/memory.h"

/* Adds the base's text with these values in the places of its own: of 'tie_word_embeddings', unless
 * tied is NULL, and of the weights' format ('bfloat16'), unless dtype is NULL. path is what to call
 * the file. */
bool config_text_change(struct text base, const char *path, const bool *tied, const char *dtype,
                        struct buffer *out, struct err *err);

/* Adds a new text. RoPE divisors that are not those of Llama 3 have no spelling: they are
 * refused. */
bool config_text_make(const struct config *config, bool tied, const char *dtype, const char *path,
                      struct buffer *out, struct err *err);

/* generation_config.json for the same. */
void config_text_generation(const struct config *config, struct buffer *out);

#endif
