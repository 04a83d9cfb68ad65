/* Ids to text, as they come: what is handed out is always whole characters. */
#ifndef TOKENS_DETOKENIZER_H
#define TOKENS_DETOKENIZER_H

#include "tokens/tokenizer.h"

struct detokenizer {
    const struct tokenizer *tokenizer; /* borrowed */
    bool skip_special;                 /* special tokens are left out */
    struct buffer held;                /* bytes that may still become a character */
    size_t strip;                      /* characters still to be taken off the beginning */
    bool begun;                        /* a token was seen */
};

void detokenizer_init(struct detokenizer *detokenizer, const struct tokenizer *tokenizer,
                      bool skip_special);

/* Appends what is certain now. An id that there is none of means nothing. */
void detokenizer_add(struct detokenizer *detokenizer, token_id id, struct buffer *out);

/* Appends the rest, a broken character as U+FFFD, and frees the decoder. */
void detokenizer_end(struct detokenizer *detokenizer, struct buffer *out);

/* All at once: appends the text of the ids. */
void tokenizer_decode(const struct tokenizer *tokenizer, const token_id *ids, size_t count,
                      bool skip_special, struct buffer *out);

#endif
