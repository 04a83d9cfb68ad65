/* Tokenizers for tests: those below tests/golden/tokens, and small ones spelled out. */
#ifndef TESTS_UNIT_TOKENS_H
#define TESTS_UNIT_TOKENS_H

#include "core/err.h"
#include "core/memory.h"

/* The tokenizer.json called name, unpacked by xz where it is packed. False, with err, when that
 * cannot be done. */
bool golden_tokenizer(const char *name, struct buffer *json, struct err *err);

#endif
