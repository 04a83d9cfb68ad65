/* The member 'model' of a tokenizer.json: vocabulary and merges, which are nearly all of the file,
 * and the flags of the byte pair encoding. */
#ifndef TOKENS_MODEL_JSON_H
#define TOKENS_MODEL_JSON_H

#include "tokens/json_reader.h"
#include "tokens/parts.h"

/* Reads the value json stands before into a tokenizer that knows whether it is byte-level. */
bool model_read(struct tokenizer *tokenizer, struct json *json, const char *name, struct err *err);

/* Adds a token as it is written. NULL, or why not. */
const char *model_add_token(struct tokenizer *tokenizer, struct text written, token_id id,
                            unsigned flags);

/* The model's token that is written like this, or TOKEN_NONE. */
token_id model_find_token(const struct tokenizer *tokenizer, struct text written);

/* Decoding takes another text for a token; normalizing made it of what is written. */
void model_rename_token(struct tokenizer *tokenizer, struct text written, token_id id);

#endif
