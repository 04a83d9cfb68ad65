#include "tokens/encoder.h"

#include "tokens/parts.h"
#include "unicode/utf8.h"

#include <string.h>

#define TEXT_LIMIT ((size_t)1 << 30)  /* bytes */
#define PLAIN_LIMIT ((size_t)1 << 31) /* that may become more when they are normalized */

void encoder_init(struct encoder *encoder, const struct tokenizer *tokenizer)
{
    *encoder = (struct encoder){.tokenizer = tokenizer};
    cache_init(&encoder->cache);
}

void encoder_release(struct encoder *encoder)
{
    cache_release(&encoder->cache);
    bpe_work_release(&encoder->work);
    for (size_t i = 0; i < sizeof encoder->scratch / sizeof *encoder->scratch; i++)
        buffer_release(&encoder->scratch[i]);
    *encoder = (struct encoder){0};
}

static void byte_symbols(const struct tokenizer *tokenizer, struct bpe_work *work,
                         struct text piece)
{
    bool waits = false; /* an unknown symbol that may still grow */

    for (size_t i = 0; i < piece.len; i++) {
        token_id id = tokenizer->bytes[(unsigned char)piece.at[i]];
        bool known = id != TOKEN_NONE;

        if (waits && (known || !tokenizer->fuse_unk)) bpe_symbol(work, tokenizer->unk_symbol);
        waits = !known && tokenizer->unk_symbol != TOKEN_NONE;
        if (known) bpe_symbol(work, id);
    }
    if (waits) bpe_symbol(work, tokenizer->unk_symbol);
}

static bool fall_back(const struct tokenizer *tokenizer, struct bpe_work *work, const char *at,
                      unsigned len)
{
    if (!tokenizer->byte_fallback) return false;
    for (unsigned i = 0; i < len; i++)
        if (tokenizer->bytes[(unsigned char)at[i]] == TOKEN_NONE) return false;
    for (unsigned i = 0; i < len; i++) bpe_symbol(work, tokenizer->bytes[(unsigned char)at[i]]);
    return true;
}

/* An unknown character waits for the next known one before it becomes a symbol; bytes that another
 * falls back to may so come before it, as they do in the library that we follow. */
static void character_symbols(const struct tokenizer *tokenizer, struct bpe_work *work,
                              struct text piece)
{
    const char *at = piece.at, *end = at + piece.len;
    bool waits = false;
    unsigned len;

    for (; at < end; at += len) {
        token_id id;

        len = utf8_length((unsigned char)*at);
        id = len == 1 ? tokenizer->ascii[(unsigned char)*at]
                      : vocab_find(&tokenizer->vocab, (struct text){at, len}, false);
        if (id != TOKEN_NONE) {
            if (waits) bpe_symbol(work, tokenizer->unk_symbol);
            waits = false;
            bpe_symbol(work, id);
        } else if (!fall_back(tokenizer, work, at, len) && tokenizer->unk_symbol != TOKEN_NONE) {
            if (waits && !tokenizer->fuse_unk) bpe_symbol(work, tokenizer->unk_symbol);
            waits = true;
        }
    }
    if (waits) bpe_symbol(work, tokenizer->unk_symbol);
}

/* The tokens of one piece, into encoder->work. */
static void join_piece(struct encoder *encoder, struct text piece)
{
    const struct tokenizer *tokenizer = encoder->tokenizer;
    struct bpe_work *work = &encoder->work;

    work->count = 0;
    if (tokenizer->ignore_merges) {
        token_id id = vocab_find(&tokenizer->vocab, piece, false);

        if (id != TOKEN_NONE) {
            bpe_symbol(work, id);
            return;
        }
    }
    if (tokenizer->byte_level)
        byte_symbols(tokenizer, work, piece);
    else
        character_symbols(tokenizer, work, piece);
    bpe_join(&tokenizer->merges, work);
}

static void add_all(struct ids *out, const token_id *ids, size_t count)
{
    ids_reserve(out, count);
    if (count) memcpy(out->at + out->count, ids, count * sizeof *ids);
    out->count += count;
}

static void encode_long(struct encoder *encoder, struct text piece, struct ids *out)
{
    const struct cache_long *entry = NULL;

    if (piece.len <= CACHE_LONG) entry = cache_find_long(&encoder->cache, piece);
    if (entry) {
        add_all(out, entry->ids, entry->count);
        return;
    }
    join_piece(encoder, piece);
    add_all(out, encoder->work.ids, encoder->work.count);
    if (piece.len <= CACHE_LONG && encoder->work.count <= CACHE_LONG_IDS)
        cache_keep_long(&encoder->cache, piece, encoder->work.ids, encoder->work.count);
}

static void encode_short(struct encoder *encoder, struct text piece, struct cache_key key,
                         struct cache_short *set, struct ids *out)
{
    const size_t before = out->count;

    encode_long(encoder, piece, out);
    if (out->count - before <= CACHE_SHORT_IDS)
        cache_keep(set, key, out->at + before, out->count - before);
}

/* Asks the processor for the entries of all short pieces, so that they arrive together. */
static void look_ahead(struct encoder *encoder, const char *at, const char *limit, size_t count)
{
    uint32_t begin = 0;

    for (size_t i = 0; i < count; begin = encoder->ends[i++]) {
        size_t len = encoder->ends[i] - begin;

        encoder->sets[i] = NULL;
        if (len > CACHE_SHORT) continue;
        encoder->keys[i] = cache_key(at + begin, len, limit);
        encoder->sets[i] = cache_set(&encoder->cache, encoder->keys[i]);
        __builtin_prefetch(encoder->sets[i]);
    }
}

static void encode_batch(struct encoder *encoder, const char *at, size_t count, struct ids *out)
{
    uint32_t begin = 0;

    /* A piece has no more ids than bytes. */
    ids_reserve(out, encoder->ends[count - 1] + sizeof(struct cache_short) / sizeof(token_id));
    for (size_t i = 0; i < count; begin = encoder->ends[i++]) {
        struct text piece = {at + begin, encoder->ends[i] - begin};
        struct cache_short *set = encoder->sets[i];
        const struct cache_short *entry = set ? cache_find(set, encoder->keys[i]) : NULL;

        if (entry) {
            memcpy(out->at + out->count, entry->ids, sizeof entry->ids);
            out->count += entry->count;
        } else if (set) {
            encode_short(encoder, piece, encoder->keys[i], set, out);
        } else {
            encode_long(encoder, piece, out);
        }
    }
}

static void encode_pieces(struct encoder *encoder, struct text text, struct ids *out)
{
    const char *at = text.at, *end = at + text.len;

    while (at < end) {
        size_t count = pieces_cut(encoder->tokenizer->pieces, at, end, encoder->ends, ENCODE_BATCH);

        look_ahead(encoder, at, end, count);
        encode_batch(encoder, at, count, out);
        at += encoder->ends[count - 1];
    }
}

/* Spaces become marks, and one stands before the text; see struct metaspace. */
static struct text mark_spaces(struct encoder *encoder, struct text text, bool first)
{
    const struct metaspace *metaspace = &encoder->tokenizer->metaspace;
    struct text mark = metaspace->mark;
    struct buffer *out = &encoder->scratch[2];
    bool has =
        text.at[0] == ' ' || (text.len >= mark.len && memcmp(text.at, mark.at, mark.len) == 0);

    out->len = 0;
    if (!has &&
        (metaspace->prefix == PREFIX_ALWAYS || (metaspace->prefix == PREFIX_FIRST && first)))
        buffer_add(out, mark.at, mark.len);
    text_replace(out, text, TEXT(" "), mark);
    return buffer_content(out);
}

/* Text between added tokens of both kinds; first says whether it begins the whole text. */
static bool encode_plain(struct encoder *encoder, struct text text, bool first, struct ids *out,
                         struct err *err)
{
    struct buffer *bare = &encoder->scratch[3];

    if (encoder->guarded) {
        bare->len = 0;
        text_replace(bare, text, TEXT(ENCODE_GUARD), TEXT(""));
        text = buffer_content(bare);
    }
    if (!text.len) return true;
    if (encoder->tokenizer->metaspace.there) text = mark_spaces(encoder, text, first);
    if (text.len > PLAIN_LIMIT)
        return err_set(err, "%zu bytes of normalized text are more than 2 GiB", text.len);
    encode_pieces(encoder, text, out);
    return true;
}

/* Text between the added tokens that are found before normalizing. */
static bool encode_between(struct encoder *encoder, struct text text, bool first, struct ids *out,
                           struct err *err)
{
    const struct tokenizer *tokenizer = encoder->tokenizer;
    struct added_search search = {.added = &tokenizer->normalized,
                                  .plain_special = encoder->plain_special};
    size_t done = 0;

    if (!text.len) return true;
    text = normalizer_run(&tokenizer->normalizer, text, encoder->scratch);
    for (search.text = text; tokenizer->normalized.count && added_next(&search);
         done = search.done) {
        if (search.begin > done &&
            !encode_plain(encoder, (struct text){text.at + done, search.begin - done},
                          first && !done, out, err))
            return false;
        ids_add(out, search.token->id);
    }
    return encode_plain(encoder, (struct text){text.at + done, text.len - done}, first && !done,
                        out, err);
}

static bool check_text(struct text text, struct err *err)
{
    const char *fault;

    if (text.len > TEXT_LIMIT)
        return err_set(err, "%zu bytes of text are more than 1 GiB", text.len);
    fault = utf8_fault(text);
    if (fault)
        return err_set(err, "byte %zu of the text is not UTF-8", (size_t)(fault - text.at) + 1);
    return true;
}

bool tokenizer_encode(struct encoder *encoder, struct text text, bool add_special, struct ids *out,
                      struct err *err)
{
    const struct tokenizer *tokenizer = encoder->tokenizer;
    struct added_search search = {
        .added = &tokenizer->raw, .text = text, .plain_special = encoder->plain_special};
    size_t done = 0;

    if (!check_text(text, err)) return false;
    if (add_special) add_all(out, tokenizer->before.at, tokenizer->before.count);
    if (!text.len) text.at = search.text.at = ""; /* it may be NULL */
    for (; tokenizer->raw.count && added_next(&search); done = search.done) {
        if (search.begin > done &&
            !encode_between(encoder, (struct text){text.at + done, search.begin - done}, !done, out,
                            err))
            return false;
        ids_add(out, search.token->id);
    }
    if (!encode_between(encoder, (struct text){text.at + done, text.len - done}, !done, out, err))
        return false;
    if (add_special) add_all(out, tokenizer->after.at, tokenizer->after.count);
    return true;
}

/* The next special token of the list, where it is spelled. The search goes on within it: what
 * begins there may be one, too, when this one is none any more. */
static bool next_special(struct added_search *search, size_t *begin)
{
    while (added_next(search)) {
        if (!search->token->special) continue;
        *begin = search->from - search->token->len;
        search->from = *begin + utf8_length((unsigned char)search->text.at[*begin]);
        return true;
    }
    return false;
}

static void guard_list(const struct added *list, struct text text, struct buffer *out)
{
    struct added_search search = {.added = list, .text = text};
    size_t begin, done = 0;

    while (list->count && next_special(&search, &begin)) {
        buffer_add(out, text.at + done, search.from - done);
        buffer_text(out, ENCODE_GUARD);
        done = search.from;
    }
    buffer_add(out, text.at + done, text.len - done);
}

void tokenizer_guard(const struct tokenizer *tokenizer, struct text text, struct buffer *out)
{
    struct buffer copies[2] = {{0}, {0}};

    if (!text.len) return;
    text_replace(&copies[0], text, TEXT(ENCODE_GUARD), TEXT(UTF8_REPLACEMENT));
    guard_list(&tokenizer->raw, buffer_content(&copies[0]), &copies[1]);
    guard_list(&tokenizer->normalized, buffer_content(&copies[1]), out);
    buffer_release(&copies[0]);
    buffer_release(&copies[1]);
}
