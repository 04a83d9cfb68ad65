#include "tokens/detokenizer.h"

#include "tokens/parts.h"
#include "unicode/utf8.h"

#include <string.h>

void detokenizer_init(struct detokenizer *detokenizer, const struct tokenizer *tokenizer,
                      bool skip_special)
{
    *detokenizer = (struct detokenizer){.tokenizer = tokenizer,
                                        .skip_special = skip_special,
                                        .strip = tokenizer->decoder.strip_count};
}

/* A special token that was renamed is not known as one by its new name. */
static bool is_left_out(const struct detokenizer *detokenizer, token_id id)
{
    const struct vocab *vocab = &detokenizer->tokenizer->vocab;
    const unsigned skipped = TOKEN_SPECIAL | TOKEN_RENAMED;

    return !vocab_has(vocab, id) ||
           (detokenizer->skip_special && (vocab->rows[id].flags & skipped) == TOKEN_SPECIAL);
}

/* All but an unfinished character at the end. */
static void add_bytes(struct detokenizer *detokenizer, struct text bytes, struct buffer *out)
{
    struct buffer *held = &detokenizer->held;
    size_t unfinished;

    buffer_add(held, bytes.at, bytes.len);
    unfinished = utf8_unfinished(buffer_content(held));
    utf8_repair(out, (struct text){held->at, held->len - unfinished});
    memmove(held->at, held->at + held->len - unfinished, unfinished);
    held->len = unfinished;
}

static void add_stripped(struct detokenizer *detokenizer, struct text text, struct buffer *out)
{
    struct text strip = detokenizer->tokenizer->decoder.strip;

    for (; detokenizer->strip && text.len >= strip.len; detokenizer->strip--) {
        if (memcmp(text.at, strip.at, strip.len) != 0) break;
        text.at += strip.len;
        text.len -= strip.len;
    }
    if (text.len) detokenizer->strip = 0;
    buffer_add(out, text.at, text.len);
}

/* A run of byte tokens is text where all of it is valid, else one U+FFFD a byte. */
static void end_run(struct detokenizer *detokenizer, struct buffer *out)
{
    struct text run = buffer_content(&detokenizer->held);

    if (!run.len) return;
    if (!utf8_fault(run))
        add_stripped(detokenizer, run, out);
    else
        for (size_t i = 0; i < run.len; i++) add_stripped(detokenizer, TEXT(UTF8_REPLACEMENT), out);
    detokenizer->held.len = 0;
}

/* Of the first token Metaspace drops each mark. */
static void add_first(const struct tokenizer *tokenizer, token_id id, struct buffer *out)
{
    text_replace(out, token_bytes(tokenizer, id), TEXT("\xe2\x96\x81"), TEXT(""));
}

static void add_piece(struct detokenizer *detokenizer, token_id id, struct buffer *out)
{
    const struct tokenizer *tokenizer = detokenizer->tokenizer;
    const struct vocab_row *row = &tokenizer->pieces_rows[id];
    bool first = !detokenizer->begun;

    detokenizer->begun = true;
    if (first && tokenizer->decoder.metaspace_prefix) {
        add_first(tokenizer, id, out);
        return;
    }
    if (row->flags) {
        buffer_byte(&detokenizer->held, tokenizer->piece_bytes.at[row->at]);
        return;
    }
    if (detokenizer->held.len) end_run(detokenizer, out);
    add_stripped(detokenizer, (struct text){tokenizer->piece_bytes.at + row->at, row->len}, out);
}

static void add_word(struct detokenizer *detokenizer, token_id id, struct buffer *out)
{
    const struct tokenizer *tokenizer = detokenizer->tokenizer;

    if (detokenizer->begun) buffer_byte(out, ' ');
    detokenizer->begun = true;
    token_write(tokenizer, token_home(tokenizer, id), id, out);
}

void detokenizer_add(struct detokenizer *detokenizer, token_id id, struct buffer *out)
{
    if (is_left_out(detokenizer, id)) return;
    switch (detokenizer->tokenizer->decoder.kind) {
    case DECODE_WORDS: add_word(detokenizer, id, out); break;
    case DECODE_BYTES: add_bytes(detokenizer, token_bytes(detokenizer->tokenizer, id), out); break;
    case DECODE_PIECES: add_piece(detokenizer, id, out); break;
    }
}

void detokenizer_end(struct detokenizer *detokenizer, struct buffer *out)
{
    if (detokenizer->tokenizer->decoder.kind == DECODE_PIECES)
        end_run(detokenizer, out);
    else
        utf8_repair(out, buffer_content(&detokenizer->held));
    buffer_release(&detokenizer->held);
}

/* Tokens are short: copying a few bytes too many, into room that is there, is quicker than copying
 * just enough. */
static void join_bytes(const struct detokenizer *detokenizer, const token_id *ids, size_t count,
                       struct buffer *out)
{
    const struct vocab *vocab = &detokenizer->tokenizer->vocab;
    const char *limit = vocab->bytes.at + vocab->bytes.len;

    for (size_t i = 0; i < count; i++) {
        struct text bytes;

        if (is_left_out(detokenizer, ids[i])) continue;
        bytes = token_bytes(detokenizer->tokenizer, ids[i]);
        if (out->room - out->len < bytes.len + 16) buffer_reserve(out, bytes.len + 16);
        if (bytes.len <= 16 && bytes.at >= vocab->bytes.at && limit - bytes.at >= 16)
            memcpy(out->at + out->len, bytes.at, 16);
        else if (bytes.len)
            memcpy(out->at + out->len, bytes.at, bytes.len);
        out->len += bytes.len;
    }
}

void tokenizer_decode(const struct tokenizer *tokenizer, const token_id *ids, size_t count,
                      bool skip_special, struct buffer *out)
{
    struct detokenizer detokenizer;
    size_t before = out->len;

    detokenizer_init(&detokenizer, tokenizer, skip_special);
    if (tokenizer->decoder.kind != DECODE_BYTES) {
        for (size_t i = 0; i < count; i++) detokenizer_add(&detokenizer, ids[i], out);
        detokenizer_end(&detokenizer, out);
        return;
    }
    join_bytes(&detokenizer, ids, count, out);
    if (out->len == before) return;
    if (utf8_fault(buffer_part(out, before, out->len))) {
        buffer_add(&detokenizer.held, out->at + before, out->len - before);
        out->len = before;
    }
    detokenizer_end(&detokenizer, out);
}
