#include "tokens/tokenizer.h"

#include "bpe/alphabet.h"
#include "tokens/parts.h"
#include "unicode/utf8.h"

#include <string.h>

void ids_reserve(struct ids *ids, size_t more)
{
    size_t room = ids->room ? ids->room : 64;

    if (more <= ids->room - ids->count) return;
    while (room - ids->count < more) room += room / 2;
    ids->at = mem_resize(ids->at, room, sizeof *ids->at);
    ids->room = room;
}

void ids_add(struct ids *ids, token_id id)
{
    ids_reserve(ids, 1);
    ids->at[ids->count++] = id;
}

void ids_release(struct ids *ids)
{
    mem_free(ids->at);
    *ids = (struct ids){0};
}

struct tokenizer *tokenizer_new(void)
{
    struct tokenizer *tokenizer = mem_zero(1, sizeof *tokenizer);

    tokenizer->bos = tokenizer->eos = tokenizer->pad = tokenizer->unk = TOKEN_NONE;
    tokenizer->unk_symbol = TOKEN_NONE;
    return tokenizer;
}

void tokenizer_close(struct tokenizer *tokenizer)
{
    if (!tokenizer) return;
    vocab_release(&tokenizer->vocab);
    vocab_release(&tokenizer->renamed);
    merges_release(&tokenizer->merges);
    normalizer_release(&tokenizer->normalizer);
    added_release(&tokenizer->raw);
    added_release(&tokenizer->normalized);
    ids_release(&tokenizer->before);
    ids_release(&tokenizer->after);
    normalizer_release(&tokenizer->decoder.replace);
    mem_free(tokenizer->pieces_rows);
    buffer_release(&tokenizer->piece_bytes);
    mem_free(tokenizer);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A plus sign may stand for the first digit, as it does in the library that we follow. */
int byte_token_value(struct text token)
{
    int high, low;

    if (token.len != 6 || memcmp(token.at, "<0x", 3) != 0 || token.at[5] != '>') return -1;
    high = token.at[3] == '+' ? 0 : hex_digit(token.at[3]);
    low = hex_digit(token.at[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static void find_symbols(struct tokenizer *tokenizer)
{
    static const char digits[] = "0123456789ABCDEF";

    for (unsigned i = 0; i < 256; i++) {
        char byte = (char)i, token[6] = {'<', '0', 'x', digits[i >> 4], digits[i & 15], '>'};
        struct text text = {&byte, 1};

        if (!tokenizer->byte_level) text = (struct text){token, 6};
        tokenizer->bytes[i] = vocab_find(&tokenizer->vocab, text, false);
        if (i < 128)
            tokenizer->ascii[i] = vocab_find(&tokenizer->vocab, (struct text){&byte, 1}, false);
    }
}

/* No token has a U+2581 behind another character, and each is a symbol of its own: then no merge
 * reaches over the beginning of a word, and words may be joined one by one. */
static bool words_stand_alone(const struct tokenizer *tokenizer)
{
    static const struct text mark = {"\xe2\x96\x81", 3};

    if (vocab_find(&tokenizer->vocab, mark, false) == TOKEN_NONE) return false;
    for (token_id id = 0; id < tokenizer->vocab.count; id++) {
        struct text token = vocab_bytes(&tokenizer->vocab, id);

        if (!(tokenizer->vocab.rows[id].flags & TOKEN_MODEL)) continue;
        while (token.len >= 3 && memcmp(token.at, mark.at, 3) == 0) token.at += 3, token.len -= 3;
        if (memmem(token.at, token.len, mark.at, 3)) return false;
    }
    return true;
}

/* What decoding makes of each token, before what depends on its neighbours. */
static void find_pieces(struct tokenizer *tokenizer)
{
    const struct vocab *vocab = &tokenizer->vocab;
    struct buffer scratch[2] = {{0}, {0}}, *out = &tokenizer->piece_bytes;

    tokenizer->pieces_rows = mem_zero(vocab->count, sizeof *tokenizer->pieces_rows);
    for (token_id id = 0; id < vocab->count; id++) {
        struct text token;
        int byte = -1;

        if (!vocab_has(vocab, id)) continue;
        token = normalizer_run(&tokenizer->decoder.replace, token_bytes(tokenizer, id), scratch);
        if (tokenizer->decoder.byte_fallback) byte = byte_token_value(token);
        tokenizer->pieces_rows[id] =
            (struct vocab_row){(uint32_t)out->len, (uint16_t)(byte < 0 ? token.len : 1), byte >= 0};
        if (byte < 0)
            buffer_add(out, token.at, token.len);
        else
            buffer_byte(out, (char)byte);
    }
    buffer_release(&scratch[0]);
    buffer_release(&scratch[1]);
}

bool tokenizer_finish(struct tokenizer *tokenizer, const char *name, struct err *err)
{
    if (!added_finish(&tokenizer->raw) || !added_finish(&tokenizer->normalized))
        return err_set(err, "%s: two added tokens have the same text", name);
    if (tokenizer->unk == TOKEN_NONE) tokenizer->unk = tokenizer->unk_symbol;
    if (tokenizer->bos == TOKEN_NONE && tokenizer->before.count == 1)
        tokenizer->bos = tokenizer->before.at[0];
    find_symbols(tokenizer);
    if (!tokenizer->byte_level && tokenizer->pieces == PIECES_WHOLE && !tokenizer->ignore_merges &&
        words_stand_alone(tokenizer))
        tokenizer->pieces = PIECES_WORDS;
    if (tokenizer->decoder.kind == DECODE_PIECES) find_pieces(tokenizer);
    return true;
}

size_t tokenizer_size(const struct tokenizer *tokenizer)
{
    return tokenizer->vocab.count;
}

void token_write(const struct tokenizer *tokenizer, const struct vocab *vocab, token_id id,
                 struct buffer *out)
{
    struct text bytes = vocab_bytes(vocab, id);

    if (tokenizer->byte_level && !(vocab->rows[id].flags & TOKEN_FOREIGN))
        alphabet_write(out, bytes);
    else
        buffer_add(out, bytes.at, bytes.len);
}

bool tokenizer_token(const struct tokenizer *tokenizer, token_id id, struct buffer *out)
{
    if (!vocab_has(&tokenizer->vocab, id)) return false;
    token_write(tokenizer, &tokenizer->vocab, id, out);
    return true;
}

/* Added tokens come first and stand in no table: they are few. */
static token_id find_added(const struct tokenizer *tokenizer, struct text bytes, bool foreign)
{
    const struct vocab *vocab = &tokenizer->vocab;
    const struct added *lists[] = {&tokenizer->raw, &tokenizer->normalized};

    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            token_id id = lists[i]->tokens[j].id;
            struct text token = vocab_bytes(vocab, id);

            if (token.len == bytes.len && memcmp(token.at, bytes.at, bytes.len) == 0 &&
                !(vocab->rows[id].flags & TOKEN_FOREIGN) == !foreign)
                return id;
        }
    }
    return TOKEN_NONE;
}

bool tokenizer_id(const struct tokenizer *tokenizer, struct text token, token_id *id)
{
    struct buffer bytes = {0};
    bool foreign = false;

    if (utf8_fault(token)) return false;
    if (tokenizer->byte_level)
        foreign = !alphabet_read(&bytes, token);
    else
        buffer_add(&bytes, token.at, token.len);
    *id = find_added(tokenizer, buffer_content(&bytes), foreign);
    if (*id == TOKEN_NONE) *id = vocab_find(&tokenizer->vocab, buffer_content(&bytes), foreign);
    buffer_release(&bytes);
    return *id != TOKEN_NONE;
}

struct text tokenizer_piece(const struct tokenizer *tokenizer, token_id id)
{
    if (!vocab_has(&tokenizer->vocab, id)) return (struct text){"", 0};
    if (tokenizer->decoder.kind != DECODE_PIECES) return token_bytes(tokenizer, id);
    return (struct text){tokenizer->piece_bytes.at + tokenizer->pieces_rows[id].at,
                         tokenizer->pieces_rows[id].len};
}

bool tokenizer_is_special(const struct tokenizer *tokenizer, token_id id)
{
    return id < tokenizer->vocab.count && tokenizer->vocab.rows[id].flags & TOKEN_SPECIAL;
}

token_id tokenizer_bos(const struct tokenizer *tokenizer)
{
    return tokenizer->bos;
}

token_id tokenizer_eos(const struct tokenizer *tokenizer)
{
    return tokenizer->eos;
}

token_id tokenizer_pad(const struct tokenizer *tokenizer)
{
    return tokenizer->pad;
}

token_id tokenizer_unk(const struct tokenizer *tokenizer)
{
    return tokenizer->unk;
}
