/* A tokenizer as GGUF has it: 'tokenizer.ggml.' model, pre, tokens, scores, token_type, merges.
 *
 * A byte-level vocabulary is of the model 'gpt2', and 'pre' names the way its texts are cut. One
 * with tokens for single bytes is of the model 'llama', SentencePiece's, whose scores say which
 * neighbours are joined first: those of a token are minus the place, among all tokens, of the first
 * merge that makes it. */
#ifndef EXPORT_VOCABULARY_H
#define EXPORT_VOCABULARY_H

#include "export/origin.h"
#include "export/token_file.h"
#include "gguf/gguf_writer.h"
#include "tokens/tokenizer.h"

struct vocabulary {
    struct tokenizer *tokenizer;
    struct token_file file;
    const char *name; /* of the file, borrowed */
    const char *model, *pre;
    bool pieces;     /* SentencePiece's */
    bool adds_space; /* before a text */
    uint32_t count;  /* of tokens, those included that only fill the embedding up */
};

/* Reads the origin's tokenizer.json. */
bool vocabulary_open(struct vocabulary *vocabulary, const struct origin *origin, struct err *err);
bool vocabulary_write(const struct vocabulary *vocabulary, struct gguf_writer *writer,
                      struct err *err);

/* Does the tokenizer in these keys cut a text of all kinds of characters as the one they were made
 * from does? Without this a model would be exported that cannot read. */
bool vocabulary_check(const struct vocabulary *vocabulary, const struct gguf_writer *writer,
                      struct err *err);
void vocabulary_close(struct vocabulary *vocabulary);

#endif
