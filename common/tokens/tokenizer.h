/* A tokenizer: text to the numbers a model reads, and back, as tokenizer.json describes it.
 *
 *     struct tokenizer *tokenizer;
 *     struct encoder encoder;
 *     struct ids ids = {0};
 *
 *     if (!tokenizer_load(&tokenizer, "model/tokenizer.json", err)) return false;
 *     encoder_init(&encoder, tokenizer);
 *     if (!tokenizer_encode(&encoder, text, true, &ids, err)) ...
 *     tokenizer_decode(tokenizer, ids.at, ids.count, true, &out);
 *
 * The ids are those of the library that wrote the file, for every text. What a file asks for and
 * this does not do is refused by its name; only 'truncation' and 'padding', which are a trainer's
 * business, are ignored. Once loaded a tokenizer does not change: threads share it, and each has an
 * encoder of its own (tokens/encoder.h). */
#ifndef TOKENS_TOKENIZER_H
#define TOKENS_TOKENIZER_H

#include "bpe/vocab.h"
#include "core/err.h"

struct tokenizer;

/* A growable array. All zero is an empty one; ids_release frees it. */
struct ids {
    token_id *at;
    size_t count, room;
};

void ids_reserve(struct ids *ids, size_t more);
void ids_add(struct ids *ids, token_id id);
void ids_release(struct ids *ids);

/* Reads a tokenizer.json; name is what errors call the bytes. */
bool tokenizer_load(struct tokenizer **tokenizer, const char *path, struct err *err);
bool tokenizer_load_bytes(struct tokenizer **tokenizer, struct text json, const char *name,
                          struct err *err);

/* Takes over what tokenizer_config.json says of the beginning, the end, padding and the unknown.
 * For the tokenizers of the Llama class it also says whether texts begin and end with such a token,
 * whatever tokenizer.json has to say. */
bool tokenizer_configure(struct tokenizer *tokenizer, struct text config, const char *name,
                         struct err *err);
void tokenizer_close(struct tokenizer *tokenizer); /* NULL is allowed */

/* One more than the highest id. */
size_t tokenizer_size(const struct tokenizer *tokenizer);

/* The id of a token as it is written in the vocabulary; false when there is none. */
bool tokenizer_id(const struct tokenizer *tokenizer, struct text token, token_id *id);

/* Appends the token as it is written in the vocabulary; false when there is no such id. */
bool tokenizer_token(const struct tokenizer *tokenizer, token_id id, struct buffer *out);

/* The bytes it stands for inside a text, borrowed; empty when there is no such id. */
struct text tokenizer_piece(const struct tokenizer *tokenizer, token_id id);

bool tokenizer_is_special(const struct tokenizer *tokenizer, token_id id);

/* Or TOKEN_NONE. */
token_id tokenizer_bos(const struct tokenizer *tokenizer);
token_id tokenizer_eos(const struct tokenizer *tokenizer);
token_id tokenizer_pad(const struct tokenizer *tokenizer);
token_id tokenizer_unk(const struct tokenizer *tokenizer);

#endif
