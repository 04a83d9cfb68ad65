/* Text to ids, on one thread: its caches and scratch. It borrows the tokenizer. */
#ifndef TOKENS_ENCODER_H
#define TOKENS_ENCODER_H

#include "bpe/bpe.h"
#include "bpe/cache.h"
#include "tokens/tokenizer.h"

#define ENCODE_BATCH 128

/* A mark (U+FDD0, which is no character) within what must not be taken for a special token. */
#define ENCODE_GUARD "\xef\xb7\x90"

struct encoder {
    const struct tokenizer *tokenizer;
    bool plain_special; /* special tokens in a text are text like any other: set it for what
                         * strangers wrote */
    bool guarded;       /* guards are dropped when special tokens have been looked for: for a text
                         * of which strangers wrote a part */
    struct cache cache;
    struct bpe_work work;
    struct buffer scratch[4];
    uint32_t ends[ENCODE_BATCH]; /* of pieces that are encoded together */
    struct cache_key keys[ENCODE_BATCH];
    struct cache_short *sets[ENCODE_BATCH]; /* NULL for a long piece */
};

void encoder_init(struct encoder *encoder, const struct tokenizer *tokenizer);
void encoder_release(struct encoder *encoder);

/* Appends the ids of text, which may be empty; add_special puts around it what the tokenizer puts
 * around a text (a token for its beginning, most often). False when text is not UTF-8. */
bool tokenizer_encode(struct encoder *encoder, struct text text, bool add_special, struct ids *out,
                      struct err *err);

/* Appends text with a guard in each special token that it spells out; guards of its own become
 * U+FFFD. */
void tokenizer_guard(const struct tokenizer *tokenizer, struct text text, struct buffer *out);

#endif
