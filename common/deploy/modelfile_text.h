/* Which texts a Modelfile can hold. Private to modelfile*.c. */
#ifndef DEPLOY_MODELFILE_TEXT_H
#define DEPLOY_MODELFILE_TEXT_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

/* The bytes up to the first that is not UTF-8, or is of a character that Ollama drops; *code is it,
 * and 0 where the bytes are not UTF-8. All of them: len. */
size_t modelfile_text_good(struct text text, uint32_t *code);

/* Adds COMMAND and value. */
bool modelfile_text_write(struct buffer *out, const char *command, const char *value,
                          struct err *err);

#endif
