/* The secret that says to the hub who asks. */
#ifndef PULL_TOKEN_H
#define PULL_TOKEN_H

#include "core/err.h"

/* From file; where that is NULL from HF_TOKEN, HUGGING_FACE_HUB_TOKEN, or the file where the hub's
 * own tools keep it (HF_TOKEN_PATH, HF_HOME/token, ~/.cache/huggingface/token), which is passed
 * over under HF_HUB_DISABLE_IMPLICIT_TOKEN. *token is NULL where there is none; the caller frees
 * it. Errors never show it. */
bool token_find(const char *file, char **token, struct err *err);

/* Is a variable of the environment 1, on, yes or true? */
bool token_is_set(const char *variable);

#endif
