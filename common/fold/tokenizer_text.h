/* The tokenizer of a GGUF file as the files that others read: tokenizer.json and
 * tokenizer_config.json.
 *
 * A GGUF file knows pieces and scores where tokenizer.json has merges: they are all pairs that make
 * a piece, the piece of the highest score first, as the library itself converts them. */
#ifndef FOLD_TOKENIZER_TEXT_H
#define FOLD_TOKENIZER_TEXT_H

#include "gguf/gguf.h"

/* Appends both texts. False where the file's tokenizer is not known; json and config are then of no
 * use. */
bool tokenizer_text_make(const struct gguf *gguf, struct buffer *json, struct buffer *config,
                         struct err *err);

#endif
