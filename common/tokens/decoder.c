#include "tokens/decoder.h"

#include "tokens/parts.h"
#include "unicode/utf8.h"

#include <string.h>

void decoder_init(struct decoder *decoder, const struct tokenizer *tokenizer, bool skip_special)
{
    *decoder = (struct decoder){.tokenizer = tokenizer,
                                .skip_special = skip_special,
                                .strip = tokenizer->decoder.strip_count};
}

/* A special token that was renamed is not known as one by its new name. */
static bool is_left_out(const struct decoder *decoder, token_id id)
{
    const struct vocab *vocab = &decoder->tokenizer->vocab;
    const unsigned skipped = TOKEN_SPECIAL | TOKEN_RENAMED;

    return !vocab_has(vocab, id) ||
           (decoder->skip_special && (vocab->rows[id].flags & skipped) == TOKEN_SPECIAL);
}

/* All but an unfinished character at the end. */
static void add_bytes(struct decoder *decoder, struct text bytes, struct buffer *out)
{
    struct buffer *held = &decoder->held;
    size_t unfinished;

    buffer_add(held, bytes.at, bytes.len);
    unfinished = utf8_unfinished(buffer_content(held));
    utf8_repair(out, (struct text){held->at, held->len - unfinished});
    memmove(held->at, held->at + held->len - unfinished, unfinished);
    held->len = unfinished;
}

static void add_stripped(struct decoder *decoder, struct text text, struct buffer *out)
{
    struct text strip = decoder->tokenizer->decoder.strip;

    for (; decoder->strip && text.len >= strip.len; decoder->strip--) {
        if (memcmp(text.at, strip.at, strip.len) != 0) break;
        text.at += strip.len;
        text.len -= strip.len;
    }
    if (text.len) decoder->strip = 0;
    buffer_add(out, text.at, text.len);
}

/* A run of byte tokens is text where all of it is valid, else one U+FFFD a byte. */
static void end_run(struct decoder *decoder, struct buffer *out)
{
    struct text run = buffer_content(&decoder->held);

    if (!run.len) return;
    if (!utf8_fault(run))
        add_stripped(decoder, run, out);
    else
        for (size_t i = 0; i < run.len; i++) add_stripped(decoder, TEXT(UTF8_REPLACEMENT), out);
    decoder->held.len = 0;
}

/* Of the first token Metaspace drops each mark. */
static void add_first(const struct tokenizer *tokenizer, token_id id, struct buffer *out)
{
    text_replace(out, token_bytes(tokenizer, id), TEXT("\xe2\x96\x81"), TEXT(""));
}

static void add_piece(struct decoder *decoder, token_id id, struct buffer *out)
{
    const struct tokenizer *tokenizer = decoder->tokenizer;
    const struct vocab_row *row = &tokenizer->pieces_rows[id];
    bool first = !decoder->begun;

    decoder->begun = true;
    if (first && tokenizer->decoder.metaspace_prefix) {
        add_first(tokenizer, id, out);
        return;
    }
    if (row->flags) {
        buffer_byte(&decoder->held, tokenizer->piece_bytes.at[row->at]);
        return;
    }
    if (decoder->held.len) end_run(decoder, out);
    add_stripped(decoder, (struct text){tokenizer->piece_bytes.at + row->at, row->len}, out);
}

static void add_word(struct decoder *decoder, token_id id, struct buffer *out)
{
    const struct tokenizer *tokenizer = decoder->tokenizer;

    if (decoder->begun) buffer_byte(out, ' ');
    decoder->begun = true;
    token_write(tokenizer, token_home(tokenizer, id), id, out);
}

void decoder_add(struct decoder *decoder, token_id id, struct buffer *out)
{
    if (is_left_out(decoder, id)) return;
    switch (decoder->tokenizer->decoder.kind) {
    case DECODE_WORDS: add_word(decoder, id, out); break;
    case DECODE_BYTES: add_bytes(decoder, token_bytes(decoder->tokenizer, id), out); break;
    case DECODE_PIECES: add_piece(decoder, id, out); break;
    }
}

void decoder_end(struct decoder *decoder, struct buffer *out)
{
    if (decoder->tokenizer->decoder.kind == DECODE_PIECES)
        end_run(decoder, out);
    else
        utf8_repair(out, buffer_content(&decoder->held));
    buffer_release(&decoder->held);
}

/* Tokens are short: copying a few bytes too many, into room that is there, is quicker than copying
 * just enough. */
static void join_bytes(const struct decoder *decoder, const token_id *ids, size_t count,
                       struct buffer *out)
{
    const struct vocab *vocab = &decoder->tokenizer->vocab;
    const char *limit = vocab->bytes.at + vocab->bytes.len;

    for (size_t i = 0; i < count; i++) {
        struct text bytes;

        if (is_left_out(decoder, ids[i])) continue;
        bytes = token_bytes(decoder->tokenizer, ids[i]);
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
    struct decoder decoder;
    size_t before = out->len;

    decoder_init(&decoder, tokenizer, skip_special);
    if (tokenizer->decoder.kind != DECODE_BYTES) {
        for (size_t i = 0; i < count; i++) decoder_add(&decoder, ids[i], out);
        decoder_end(&decoder, out);
        return;
    }
    join_bytes(&decoder, ids, count, out);
    if (out->len == before) return;
    if (utf8_fault((struct text){out->at + before, out->len - before})) {
        buffer_add(&decoder.held, out->at + before, out->len - before);
        out->len = before;
    }
    decoder_end(&decoder, out);
}
