/* Ids to text, as they come: what is handed out is always whole characters. */
#ifndef TOKENS_DECODER_H
#define TOKENS_DECODER_H

#include "tokens/tokenizer.h"

struct decoder {
    const struct tokenizer *tokenizer; /* borrowed */
    bool skip_special;                 /* special tokens are left out */
    struct buffer held;                /* bytes that may still become a character */
    size_t strip;                      /* characters still to be taken off the beginning */
    bool begun;                        /* a token was seen */
};

void decoder_init(struct decoder *decoder, const struct tokenizer *tokenizer, bool skip_special);

/* Appends what is certain now. An id that there is none of means nothing. */
void decoder_add(struct decoder *decoder, token_id id, struct buffer *out);

/* Appends the rest, a broken character as U+FFFD, and frees the decoder. */
void decoder_end(struct decoder *decoder, struct buffer *out);

/* All at once: appends the text of the ids. */
void tokenizer_decode(const struct tokenizer *tokenizer, const token_id *ids, size_t count,
                      bool skip_special, struct buffer *out);

#endif
