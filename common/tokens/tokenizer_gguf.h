/* The tokenizer inside a GGUF file, from its keys tokenizer.ggml.*.
 *
 * Two models are known. 'gpt2' has byte-level tokens and merges, as tokenizer.json has them; its
 * 'pre' names the pattern that cuts the text. 'llama' has SentencePiece's pieces with scores: of
 * all neighbours those are joined first that make the piece of the highest score. Both are filled
 * into the same struct, so a model gets the same ids from either kind of file. */
#ifndef TOKENS_TOKENIZER_GGUF_H
#define TOKENS_TOKENIZER_GGUF_H

#include "gguf/gguf.h"
#include "tokens/tokenizer.h"

/* gguf may be closed afterwards. What is not known is refused by its name. */
bool tokenizer_from_gguf(struct tokenizer **tokenizer, const struct gguf *gguf, struct err *err);

#endif
