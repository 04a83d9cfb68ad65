#include "tokens/tokenizer_gguf.h"

#include "core/lines.h"
#include "tokens/merge_rows.h"
#include "tokens/model_json.h"
#include "tokens/parts.h"
#include "unicode/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEY(name) "tokenizer.ggml." name
#define SPLIT_LIMIT 1024 /* bytes of a piece: all its halves are looked up */

enum token_type { TYPE_NORMAL = 1, TYPE_UNKNOWN, TYPE_CONTROL, TYPE_USER, TYPE_UNUSED, TYPE_BYTE };

struct piece {
    float score;
    token_id id;
};

struct gguf_reader {
    struct tokenizer *tokenizer;
    const struct gguf *gguf;
    bool byte_level;
    bool add_bos, add_space;
    struct piece *pieces; /* that merges may make: of 'llama' only */
    size_t piece_count, piece_room;
    struct err *err;
};

static bool fail(struct gguf_reader *reader)
{
    return err_prefix(reader->err, "%s", path_shown(reader->gguf->file.path));
}

static bool fail_token(struct gguf_reader *reader, token_id id, const char *problem)
{
    err_set(reader->err, "token %u: %s", id, problem);
    return fail(reader);
}

/* --- the model and the pattern */

static const struct pre {
    const char *name;
    enum pieces pieces;
    bool nfc, ignore_merges, add_bos;
} pres[] = {
    {"gpt-2", PIECES_GPT2, false, false, false},
    {"qwen2", PIECES_QWEN2, true, false, false},
    {"deepseek-r1-qwen", PIECES_QWEN2, true, false, false},
    {"llama-bpe", PIECES_LLAMA3, false, true, true},
    {"llama3", PIECES_LLAMA3, false, true, true},
    {"llama-v3", PIECES_LLAMA3, false, true, true},
    {"falcon3", PIECES_LLAMA3, false, true, true},
    {"smollm", PIECES_SMOLLM, false, false, false},
    {"starcoder", PIECES_SMOLLM, false, false, false},
    {"refact", PIECES_SMOLLM, false, false, false},
};

static bool choose_pattern(struct gguf_reader *reader)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    struct text name;

    if (gguf_text(reader->gguf, KEY("pre"), &name, reader->err) != 1) return false;
    for (size_t i = 0; i < sizeof pres / sizeof *pres; i++) {
        if (!text_is(name, pres[i].name)) continue;
        tokenizer->pieces = pres[i].pieces;
        tokenizer->ignore_merges = pres[i].ignore_merges;
        tokenizer->byte_level = reader->byte_level = true;
        tokenizer->decoder.kind = DECODE_BYTES;
        reader->add_bos = pres[i].add_bos;
        if (pres[i].nfc)
            tokenizer->normalizer.steps[tokenizer->normalizer.count++].kind = NORMAL_NFC;
        return true;
    }
    err_set(reader->err, "'" KEY("pre") "' '%.*s' is not supported", GGUF_SHOWN(name));
    return fail(reader);
}

static void add_step(struct normalizer *normalizer, enum normal_kind kind, const char *from,
                     const char *to)
{
    struct normal_step *step = &normalizer->steps[normalizer->count++];

    step->kind = kind;
    buffer_text(&step->from, from);
    buffer_text(&step->to, to);
}

static bool choose_sentence_piece(struct gguf_reader *reader)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    struct decoder_plan *plan = &tokenizer->decoder;

    reader->add_bos = reader->add_space = true;
    if (gguf_bool(reader->gguf, KEY("add_space_prefix"), &reader->add_space, reader->err) < 0)
        return false;
    if (reader->add_space) add_step(&tokenizer->normalizer, NORMAL_PREPEND, "", "\xe2\x96\x81");
    add_step(&tokenizer->normalizer, NORMAL_REPLACE, " ", "\xe2\x96\x81");
    add_step(&plan->replace, NORMAL_REPLACE, "\xe2\x96\x81", " ");
    plan->kind = DECODE_PIECES;
    plan->byte_fallback = true;
    plan->strip = (struct text){memcpy(plan->strip_bytes, " ", 1), 1};
    plan->strip_count = reader->add_space;
    tokenizer->pieces = PIECES_WHOLE;
    tokenizer->byte_fallback = tokenizer->fuse_unk = true;
    return true;
}

static bool choose_model(struct gguf_reader *reader)
{
    struct text model;

    if (gguf_text(reader->gguf, KEY("model"), &model, reader->err) != 1) return false;
    if (text_is(model, "gpt2")) return choose_pattern(reader);
    if (text_is(model, "llama")) return choose_sentence_piece(reader);
    err_set(reader->err, "'" KEY("model") "' '%.*s' is not supported", GGUF_SHOWN(model));
    return fail(reader);
}

/* --- tokens */

static const char *add_added(struct tokenizer *tokenizer, struct text text, token_id id,
                             bool special)
{
    struct added_token token = {.id = id, .special = special};
    const char *problem =
        model_add_token(tokenizer, text, id, TOKEN_ADDED | (special ? TOKEN_SPECIAL : 0));

    if (problem || !text.len) return problem;
    if (text.len > ADDED_PATTERN_LIMIT)
        return "added tokens of more than 1024 bytes are not supported";
    added_add(&tokenizer->raw, &token, text);
    return NULL;
}

static const char *add_token(struct gguf_reader *reader, struct text text, token_id id,
                             int32_t type, float score)
{
    struct tokenizer *tokenizer = reader->tokenizer;

    if (id >= TOKEN_LIMIT) return "ids above 4194303 are not supported";
    if (utf8_fault(text)) return "it is not UTF-8";
    if (type == TYPE_UNKNOWN) tokenizer->unk_symbol = id;
    if (type == TYPE_CONTROL || type == TYPE_USER || type == TYPE_UNKNOWN)
        return add_added(tokenizer, text, id, type != TYPE_USER);
    if (type == TYPE_UNUSED) return vocab_add(&tokenizer->vocab, id, text, TOKEN_FOREIGN);
    if (type != TYPE_NORMAL && type != TYPE_BYTE) return "its type is not known";
    if (isnan(score)) return "its score is not a number";
    if (type == TYPE_NORMAL && !reader->byte_level) {
        reader->pieces = mem_room(reader->pieces, reader->piece_count, &reader->piece_room,
                                  sizeof *reader->pieces);
        reader->pieces[reader->piece_count++] = (struct piece){score, id};
    }
    return model_add_token(tokenizer, text, id, TOKEN_MODEL);
}

static bool read_tokens(struct gguf_reader *reader)
{
    struct gguf_value tokens, types, scores = {0};
    struct text text;
    int32_t type = 0;
    float score = 0;
    const struct gguf *gguf = reader->gguf;

    if (gguf_array(gguf, KEY("tokens"), GGUF_TEXT, &tokens, reader->err) != 1 ||
        gguf_array(gguf, KEY("token_type"), GGUF_I32, &types, reader->err) != 1)
        return false;
    if (!reader->byte_level && gguf_array(gguf, KEY("scores"), GGUF_F32, &scores, reader->err) != 1)
        return false;
    if (types.count != tokens.count || (!reader->byte_level && scores.count != tokens.count)) {
        err_set(reader->err, "there are not as many types or scores as tokens");
        return fail(reader);
    }
    vocab_init(&reader->tokenizer->vocab, tokens.count < 300000 ? tokens.count : 300000);
    for (token_id id = 0; gguf_next_text(&tokens, &text); id++) {
        const char *problem;

        gguf_next_i32(&types, &type);
        if (!reader->byte_level) gguf_next_f32(&scores, &score);
        problem = add_token(reader, text, id, type, score);
        if (problem) return fail_token(reader, id, problem);
    }
    return true;
}

/* --- merges */

static bool read_merges(struct gguf_reader *reader)
{
    struct gguf_value merges;
    struct merge_rows batch;
    struct text text;
    const char *problem = NULL;

    if (gguf_array(reader->gguf, KEY("merges"), GGUF_TEXT, &merges, reader->err) != 1) return false;
    merges_init(&reader->tokenizer->merges, merges.count < 300000 ? merges.count : 300000);
    merge_rows_init(&batch, reader->tokenizer);
    while (!problem && gguf_next_text(&merges, &text)) {
        if (utf8_fault(text)) text = TEXT(""); /* no merge either */
        problem = merge_rows_add_text(&batch, text);
    }
    if (!problem) problem = merge_rows_flush(&batch);
    if (problem) err_set(reader->err, "merge '%.*s': %s", GGUF_SHOWN(batch.shown), problem);
    merge_rows_release(&batch);
    return !problem || fail(reader);
}

/* The highest score first, of equal ones the first in the vocabulary. */
static int by_score(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;

    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Every two pieces that make this one get its rank: of the same piece the leftmost comes first. */
static void add_splits(struct tokenizer *tokenizer, token_id id, uint32_t rank)
{
    const struct vocab *vocab = &tokenizer->vocab;
    struct text piece = vocab_bytes(vocab, id);

    for (size_t at = utf8_length((unsigned char)piece.at[0]); at < piece.len;
         at += utf8_length((unsigned char)piece.at[at])) {
        struct text left = {piece.at, at}, right = {piece.at + at, piece.len - at};
        token_id left_id = vocab_find(vocab, left, false), right_id = TOKEN_NONE;

        if (left_id != TOKEN_NONE) right_id = vocab_find(vocab, right, false);
        if (right_id != TOKEN_NONE) merges_add(&tokenizer->merges, left_id, right_id, rank, id);
    }
}

static bool make_merges(struct gguf_reader *reader)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    size_t count = reader->piece_count;

    merges_init(&tokenizer->merges, 2 * (count < 150000 ? count : 150000));
    if (count >= RANK_NONE) {
        err_set(reader->err, "more than %u pieces are not supported", RANK_NONE - 1);
        return fail(reader);
    }
    if (count) qsort(reader->pieces, count, sizeof *reader->pieces, by_score);
    for (size_t i = 0; i < count; i++) {
        size_t len = vocab_bytes(&tokenizer->vocab, reader->pieces[i].id).len;

        if (len > SPLIT_LIMIT)
            return fail_token(reader, reader->pieces[i].id,
                              "more than 1024 bytes are not supported");
        if (len) add_splits(tokenizer, reader->pieces[i].id, (uint32_t)i);
    }
    return true;
}

/* --- special tokens */

/* *id keeps its default where the file has none; out of range is as good as none. */
static bool read_id(struct gguf_reader *reader, const char *key, uint32_t fallback, token_id *id)
{
    *id = fallback;
    if (gguf_u32(reader->gguf, key, id, reader->err) < 0) return false;
    if (!vocab_has(&reader->tokenizer->vocab, *id)) *id = TOKEN_NONE;
    return true;
}

static bool read_specials(struct gguf_reader *reader)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    bool spm = !reader->byte_level, add_bos = reader->add_bos, add_eos = false;

    if (!read_id(reader, KEY("bos_token_id"), spm ? 1 : TOKEN_NONE, &tokenizer->bos) ||
        !read_id(reader, KEY("eos_token_id"), spm ? 2 : TOKEN_NONE, &tokenizer->eos) ||
        !read_id(reader, KEY("unknown_token_id"), spm ? 0 : TOKEN_NONE, &tokenizer->unk) ||
        !read_id(reader, KEY("padding_token_id"), TOKEN_NONE, &tokenizer->pad))
        return false;
    if (spm) tokenizer->unk_symbol = tokenizer->unk;
    if (gguf_bool(reader->gguf, KEY("add_bos_token"), &add_bos, reader->err) < 0 ||
        gguf_bool(reader->gguf, KEY("add_eos_token"), &add_eos, reader->err) < 0)
        return false;
    if ((add_bos && tokenizer->bos == TOKEN_NONE) || (add_eos && tokenizer->eos == TOKEN_NONE)) {
        err_set(reader->err, "a token is to be added to each text, but none is named");
        return fail(reader);
    }
    if (add_bos) ids_add(&tokenizer->before, tokenizer->bos);
    if (add_eos) ids_add(&tokenizer->after, tokenizer->eos);
    return true;
}

bool tokenizer_from_gguf(struct tokenizer **tokenizer, const struct gguf *gguf, struct err *err)
{
    struct gguf_reader reader = {.tokenizer = tokenizer_new(), .gguf = gguf, .err = err};
    bool good = choose_model(&reader) && read_tokens(&reader) &&
                (reader.byte_level ? read_merges(&reader) : make_merges(&reader)) &&
                read_specials(&reader) &&
                tokenizer_finish(reader.tokenizer, path_shown(gguf->file.path), err);

    mem_free(reader.pieces);
    *tokenizer = NULL;
    if (!good) {
        tokenizer_close(reader.tokenizer);
        return false;
    }
    *tokenizer = reader.tokenizer;
    return true;
}
