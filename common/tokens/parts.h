/* What a tokenizer is made of. The loaders fill it, tokenizer_finish completes it. */
#ifndef TOKENS_PARTS_H
#define TOKENS_PARTS_H

#include "bpe/added.h"
#include "bpe/merges.h"
#include "bpe/pieces.h"
#include "tokens/normalizer.h"
#include "tokens/tokenizer.h"

enum prefix { PREFIX_NEVER, PREFIX_FIRST, PREFIX_ALWAYS };

/* Spaces become mark, and mark stands before the first piece of a text or before every one. */
struct metaspace {
    bool there;
    enum prefix prefix;
    struct text mark; /* U+2581 */
};

enum decoding {
    DECODE_WORDS, /* tokens with a space between them: there is no decoder */
    DECODE_BYTES, /* byte-level */
    DECODE_PIECES /* texts that are replaced, byte tokens, a beginning to strip */
};

struct decoder_plan {
    enum decoding kind;
    struct normalizer replace; /* in each token */
    bool byte_fallback;
    struct text strip; /* a character of which strip_count are taken off the beginning */
    size_t strip_count;
    bool metaspace, metaspace_prefix;
    char strip_bytes[4];
};

struct tokenizer {
    struct vocab vocab;
    struct vocab renamed; /* added tokens that decode to what normalizing made of them */
    struct merges merges;
    bool byte_level; /* symbols are bytes, else characters */
    bool byte_fallback, fuse_unk, ignore_merges;
    token_id unk_symbol;
    token_id bytes[256]; /* byte-level: the symbol of a byte; else the token '<0x0A>' of one */
    token_id ascii[128]; /* else: the symbol of a character */

    struct normalizer normalizer;
    struct metaspace metaspace;
    enum pieces pieces;
    struct added raw, normalized; /* found before and after normalizing */
    struct ids before, after;     /* what special tokens a text stands between */
    struct decoder_plan decoder;
    struct vocab_row *pieces_rows; /* by id: what decoding makes of a token, in piece_bytes;
                                    * its flags are 1 when it is one byte of a character */
    struct buffer piece_bytes;
    token_id bos, eos, pad, unk;
};

struct tokenizer *tokenizer_new(void);

/* Where decoding looks up a token that is there. */
static inline const struct vocab *token_home(const struct tokenizer *tokenizer, token_id id)
{
    bool renamed = tokenizer->vocab.rows[id].flags & TOKEN_RENAMED;

    return renamed ? &tokenizer->renamed : &tokenizer->vocab;
}

static inline struct text token_bytes(const struct tokenizer *tokenizer, token_id id)
{
    return vocab_bytes(token_home(tokenizer, id), id);
}

/* Appends a token of a vocabulary as it is written in a file. */
void token_write(const struct tokenizer *tokenizer, const struct vocab *vocab, token_id id,
                 struct buffer *out);

/* Fills the tables that follow from the rest. */
bool tokenizer_finish(struct tokenizer *tokenizer, const char *name, struct err *err);

/* The two digits' value when a token is written '<0x0A>', else -1. */
int byte_token_value(struct text token);

#endif
