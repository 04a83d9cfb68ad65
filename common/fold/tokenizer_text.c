#include "fold/tokenizer_text.h"

#include "records/value.h"
#include "tokens/parts.h"
#include "tokens/parts_json.h"
#include "tokens/tokenizer_gguf.h"
#include "unicode/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY(name) "tokenizer.ggml." name

enum token_type { TYPE_NORMAL = 1, TYPE_CONTROL = 3, TYPE_USER, TYPE_UNUSED };

struct piece {
    struct text text;
    int32_t type;
    float score;
    token_id id;
};

struct language {
    const struct gguf *gguf;
    struct tokenizer *tokenizer;
    struct piece *pieces; /* by id */
    size_t count;
};

static void put(struct buffer *out, const char *before, struct text text)
{
    buffer_text(out, before);
    text_quote(out, text);
}

/* What fills an embedding up is no token. */
static bool is_filler(const struct piece *piece)
{
    char name[24];

    snprintf(name, sizeof name, "[PAD%" PRIu32 "]", piece->id);
    return piece->type == TYPE_UNUSED && text_is(piece->text, name);
}

static bool read_pieces(struct language *language, struct err *err)
{
    struct gguf_value tokens, types, scores = {0};

    if (gguf_array(language->gguf, KEY("tokens"), GGUF_TEXT, &tokens, err) != 1 ||
        gguf_array(language->gguf, KEY("token_type"), GGUF_I32, &types, err) != 1)
        return false;
    if (!language->tokenizer->byte_level &&
        gguf_array(language->gguf, KEY("scores"), GGUF_F32, &scores, err) != 1)
        return false;
    language->pieces = mem_zero(tokens.count + 1, sizeof *language->pieces);
    while (gguf_next_text(&tokens, &language->pieces[language->count].text)) {
        struct piece *piece = &language->pieces[language->count];

        piece->id = (token_id)language->count++;
        gguf_next_i32(&types, &piece->type);
        if (!language->tokenizer->byte_level) gguf_next_f32(&scores, &piece->score);
    }
    return true;
}

/* --- around the model */

static void put_added(const struct language *language, struct buffer *out)
{
    bool any = false;

    buffer_text(out, "\"added_tokens\":[");
    for (size_t i = 0; i < language->count; i++) {
        const struct piece *piece = &language->pieces[i];

        if (piece->type != TYPE_CONTROL && piece->type != TYPE_USER) continue;
        buffer_format(out, "%s{\"id\":%" PRIu32, any ? "," : "", piece->id);
        put(out, ",\"content\":", piece->text);
        buffer_format(out,
                      ",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
                      "\"normalized\":false,\"special\":%s}",
                      piece->type == TYPE_CONTROL ? "true" : "false");
        any = true;
    }
    buffer_byte(out, ']');
}

/* The steps and what else follows them. */
static void put_steps(const struct normalizer *steps, const char *rest, const char *parts,
                      struct buffer *out)
{
    if (!steps->count && !rest[0]) {
        buffer_text(out, "null");
        return;
    }
    buffer_format(out, "{\"type\":\"Sequence\",\"%s\":[", parts);
    for (size_t i = 0; i < steps->count; i++) {
        const struct normal_step *step = &steps->steps[i];

        buffer_text(out, i ? ",{\"type\":" : "{\"type\":");
        buffer_text(out, step->kind == NORMAL_NFC       ? "\"NFC\""
                         : step->kind == NORMAL_PREPEND ? "\"Prepend\""
                                                        : "\"Replace\"");
        if (step->kind == NORMAL_REPLACE) {
            put(out, ",\"pattern\":{\"String\":", buffer_content(&step->from));
            buffer_byte(out, '}');
        }
        if (step->kind != NORMAL_NFC)
            put(out, step->kind == NORMAL_PREPEND ? ",\"prepend\":" : ",\"content\":",
                buffer_content(&step->to));
        buffer_byte(out, '}');
    }
    buffer_format(out, "%s%s]}", steps->count && rest[0] ? "," : "", rest);
}

static void put_pre_tokenizer(const struct tokenizer *tokenizer, struct buffer *out)
{
    const enum pieces pieces = tokenizer->pieces;

    if (!tokenizer->byte_level) {
        buffer_text(out, "null");
        return;
    }
    buffer_text(out, "{\"type\":\"Sequence\",\"pretokenizers\":[");
    if (pieces == PIECES_SMOLLM) {
        buffer_text(out, "{\"type\":\"Digits\",\"individual_digits\":true},");
    } else if (pieces != PIECES_GPT2) {
        put(out, "{\"type\":\"Split\",\"pattern\":{\"Regex\":", text_of(split_pattern(pieces)));
        buffer_text(out, "},\"behavior\":\"Isolated\",\"invert\":false},");
    }
    buffer_format(out,
                  "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,"
                  "\"use_regex\":%s}]}",
                  pieces == PIECES_SMOLLM || pieces == PIECES_GPT2 ? "true" : "false");
}

static void put_decoder(const struct tokenizer *tokenizer, struct buffer *out)
{
    if (tokenizer->byte_level)
        buffer_text(out, "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,"
                         "\"use_regex\":true}");
    else
        put_steps(&tokenizer->decoder.replace,
                  tokenizer->decoder.strip_count
                      ? "{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},"
                        "{\"type\":\"Strip\",\"content\":\" \","
                        "\"start\":1,\"stop\":0}"
                      : "{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}",
                  "decoders", out);
}

static void put_around(const struct language *language, const struct ids *ids, struct buffer *out)
{
    for (size_t i = 0; i < ids->count; i++) {
        put(out, "{\"SpecialToken\":{\"id\":", language->pieces[ids->at[i]].text);
        buffer_text(out, ",\"type_id\":0}},");
    }
}

static void put_named(const struct language *language, const struct ids *ids, bool more,
                      struct buffer *out)
{
    for (size_t i = 0; i < ids->count; i++) {
        const struct text text = language->pieces[ids->at[i]].text;

        put(out, more || i ? "," : "", text);
        put(out, ":{\"id\":", text);
        buffer_format(out, ",\"ids\":[%" PRIu32 "]", ids->at[i]);
        put(out, ",\"tokens\":[", text);
        buffer_text(out, "]}");
    }
}

static void put_post_processor(const struct language *language, struct buffer *out)
{
    static const char *const names[] = {"A", "B"};
    const struct ids *before = &language->tokenizer->before, *after = &language->tokenizer->after;

    if (!before->count && !after->count) {
        buffer_text(out, "null");
        return;
    }
    buffer_text(out, "{\"type\":\"TemplateProcessing\",\"single\":[");
    for (int i = 0; i < 3; i++) { /* one text, then two */
        if (i == 1) out->len--, buffer_text(out, "],\"pair\":[");
        put_around(language, before, out);
        buffer_format(out, "{\"Sequence\":{\"id\":\"%s\",\"type_id\":%d}},", names[i / 2], i / 2);
        put_around(language, after, out);
    }
    out->len--;
    buffer_text(out, "],\"special_tokens\":{");
    put_named(language, before, false, out);
    if (!before->count || !after->count || before->at[0] != after->at[0])
        put_named(language, after, before->count > 0, out);
    buffer_text(out, "}}");
}

/* --- the model */

static int by_score(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;

    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

static bool put_splits(const struct vocab *vocab, const struct piece *piece, bool any,
                       struct buffer *out)
{
    const struct text text = piece->text;

    for (size_t at = text.len ? utf8_length((unsigned char)text.at[0]) : 0; at < text.len;
         at += utf8_length((unsigned char)text.at[at])) {
        const struct text left = {text.at, at}, right = {text.at + at, text.len - at};

        if (vocab_find(vocab, left, false) == TOKEN_NONE ||
            vocab_find(vocab, right, false) == TOKEN_NONE)
            continue;
        put(out, any ? ",[" : "[", left);
        put(out, ",", right);
        buffer_byte(out, ']');
        any = true;
    }
    return any;
}

static void put_pairs(const struct language *language, struct buffer *out)
{
    struct piece *sorted = mem_alloc(mem_product(language->count, sizeof *sorted));
    size_t count = 0;
    bool any = false;

    for (size_t i = 0; i < language->count; i++)
        if (language->pieces[i].type == TYPE_NORMAL) sorted[count++] = language->pieces[i];
    if (count) qsort(sorted, count, sizeof *sorted, by_score);
    for (size_t i = 0; i < count; i++)
        any = put_splits(&language->tokenizer->vocab, &sorted[i], any, out);
    mem_free(sorted);
}

static bool put_merges(const struct language *language, struct buffer *out, struct err *err)
{
    struct gguf_value merges;
    struct text text;

    buffer_text(out, ",\"merges\":[");
    if (!language->tokenizer->byte_level) {
        put_pairs(language, out);
    } else {
        if (gguf_array(language->gguf, KEY("merges"), GGUF_TEXT, &merges, err) != 1) return false;
        for (bool any = false; gguf_next_text(&merges, &text); any = true)
            put(out, any ? "," : "", text);
    }
    buffer_byte(out, ']');
    return true;
}

static bool put_model(const struct language *language, struct buffer *out, struct err *err)
{
    const struct tokenizer *tokenizer = language->tokenizer;
    bool any = false;

    buffer_text(out, "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":");
    if (!tokenizer->byte_level && tokenizer->unk_symbol < language->count)
        text_quote(out, language->pieces[tokenizer->unk_symbol].text);
    else
        buffer_text(out, "null");
    buffer_format(out,
                  ",\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,"
                  "\"fuse_unk\":%s,\"byte_fallback\":%s,\"ignore_merges\":%s,\"vocab\":{",
                  tokenizer->fuse_unk ? "true" : "false",
                  tokenizer->byte_fallback ? "true" : "false",
                  tokenizer->ignore_merges ? "true" : "false");
    for (size_t i = 0; i < language->count; i++) {
        const struct piece *piece = &language->pieces[i];

        if (is_filler(piece)) continue;
        put(out, any ? "," : "", piece->text);
        buffer_format(out, ":%" PRIu32, piece->id);
        any = true;
    }
    buffer_byte(out, '}');
    return put_merges(language, out, err) && (buffer_byte(out, '}'), true);
}

static bool put_json(const struct language *language, struct buffer *out, struct err *err)
{
    const struct tokenizer *tokenizer = language->tokenizer;

    buffer_text(out, "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,");
    put_added(language, out);
    buffer_text(out, ",\"normalizer\":");
    put_steps(&tokenizer->normalizer, "", "normalizers", out);
    buffer_text(out, ",\"pre_tokenizer\":");
    put_pre_tokenizer(tokenizer, out);
    buffer_text(out, ",\"post_processor\":");
    put_post_processor(language, out);
    buffer_text(out, ",\"decoder\":");
    put_decoder(tokenizer, out);
    buffer_byte(out, ',');
    return put_model(language, out, err) && (buffer_byte(out, '}'), true);
}

/* --- tokenizer_config.json */

static void put_config(const struct language *language, struct buffer *out)
{
    static const char *const flags[] = {"add_bos_token", "add_eos_token"};
    const struct tokenizer *tokenizer = language->tokenizer;
    const struct {
        const char *name;
        token_id id;
    } named[] = {{"bos_token", tokenizer->bos},
                 {"eos_token", tokenizer->eos},
                 {"unk_token", tokenizer->unk},
                 {"pad_token", tokenizer->pad}};
    struct err ignored;
    bool flag;

    buffer_text(out, "{\"tokenizer_class\":\"PreTrainedTokenizerFast\","
                     "\"clean_up_tokenization_spaces\":false");
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (named[i].id >= language->count) continue;
        buffer_format(out, ",\"%s\":", named[i].name);
        text_quote(out, language->pieces[named[i].id].text);
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        char key[40];

        snprintf(key, sizeof key, KEY("%s"), flags[i]);
        if (gguf_bool(language->gguf, key, &flag, &ignored) == 1)
            buffer_format(out, ",\"%s\":%s", flags[i], flag ? "true" : "false");
    }
    buffer_text(out, "}\n");
}

bool tokenizer_text_make(const struct gguf *gguf, struct buffer *json, struct buffer *config,
                         struct err *err)
{
    struct language language = {.gguf = gguf};
    struct tokenizer *read_back = NULL;
    const char *name = "the tokenizer.json that is made of the GGUF file's keys";
    const bool good =
        tokenizer_from_gguf(&language.tokenizer, gguf, err) && read_pieces(&language, err) &&
        put_json(&language, json, err) &&
        tokenizer_load_bytes(&read_back, (struct text){json->at, json->len}, name, err);

    if (good) put_config(&language, config);
    tokenizer_close(read_back);
    tokenizer_close(language.tokenizer);
    mem_free(language.pieces);
    return good;
}
