#include "export/vocabulary.h"

#include "tokens/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KEY(name) "tokenizer.ggml." name

enum token_type { TYPE_NORMAL = 1, TYPE_UNKNOWN, TYPE_CONTROL, TYPE_USER, TYPE_UNUSED, TYPE_BYTE };

static const float added_score = -1000, unused_score = -10000;

static const struct {
    enum pieces pieces;
    const char *pre;
} pres[] = {{PIECES_GPT2, "gpt-2"},
            {PIECES_QWEN2, "qwen2"},
            {PIECES_LLAMA3, "llama-bpe"},
            {PIECES_SMOLLM, "smollm"}};

static bool adds_space(const struct tokenizer *tokenizer)
{
    bool adds = tokenizer->metaspace.there && tokenizer->metaspace.prefix != PREFIX_NEVER;

    for (size_t i = 0; i < tokenizer->normalizer.count; i++)
        adds |= tokenizer->normalizer.steps[i].kind == NORMAL_PREPEND;
    return adds;
}

static bool choose_model(struct vocabulary *vocabulary, struct err *err)
{
    const struct tokenizer *tokenizer = vocabulary->tokenizer;

    vocabulary->adds_space = adds_space(tokenizer);
    if (!tokenizer->byte_level) {
        vocabulary->model = "llama";
        vocabulary->pre = "default";
        vocabulary->pieces = true;
        return tokenizer->byte_fallback ||
               err_set(err,
                       "%s: it is neither byte-level nor has it tokens for single bytes: "
                       "GGUF has no name for it",
                       vocabulary->name);
    }
    vocabulary->model = "gpt2";
    for (size_t i = 0; i < sizeof pres / sizeof *pres; i++)
        if (pres[i].pieces == tokenizer->pieces) vocabulary->pre = pres[i].pre;
    return vocabulary->pre ||
           err_set(err, "%s: GGUF has no name for the way its 'pre_tokenizer' cuts texts",
                   vocabulary->name);
}

bool vocabulary_open(struct vocabulary *vocabulary, const struct origin *origin, struct err *err)
{
    const struct text json = origin->texts[TEXT_TOKENIZER];
    size_t size;

    *vocabulary = (struct vocabulary){.name = origin->names[TEXT_TOKENIZER],
                                      .count = origin->model.config.vocabulary};
    if (!tokenizer_load_bytes(&vocabulary->tokenizer, json, vocabulary->name, err)) return false;
    size = tokenizer_size(vocabulary->tokenizer);
    if ((size <= vocabulary->count ||
         err_set(err, "%s: has the token %zu, but the embedding only %" PRIu32 " rows",
                 vocabulary->name, size - 1, vocabulary->count)) &&
        token_file_read(&vocabulary->file, json, vocabulary->name, err) &&
        choose_model(vocabulary, err))
        return true;
    vocabulary_close(vocabulary);
    return false;
}

void vocabulary_close(struct vocabulary *vocabulary)
{
    tokenizer_close(vocabulary->tokenizer);
    *vocabulary = (struct vocabulary){0};
}

static bool is_between(struct text token, struct text begin, struct text end)
{
    return token.len >= begin.len && token.len >= end.len &&
           memcmp(token.at, begin.at, begin.len) == 0 &&
           memcmp(token.at + token.len - end.len, end.at, end.len) == 0;
}

/* Such tokens steer a model, whatever the file says of them. */
static bool looks_special(struct text token)
{
    return text_is(token, "<pad>") || text_is(token, "<mask>") || text_is(token, "<2mass>") ||
           text_is(token, "[@BOS@]") || is_between(token, TEXT("<|"), TEXT("|>")) ||
           is_between(token, TEXT("<\xef\xbd\x9c"), TEXT("\xef\xbd\x9c>")) ||
           is_between(token, TEXT("<unused"), TEXT(">"));
}

/* U+2581 stands for a space. */
static void show_spaces(struct buffer *token)
{
    size_t to = 0;

    for (size_t i = 0; i < token->len; to++) {
        const bool mark = token->len - i >= 3 && memcmp(token->at + i, "\xe2\x96\x81", 3) == 0;

        token->at[to] = mark ? ' ' : token->at[i];
        i += mark ? 3 : 1;
    }
    token->len = to;
}

/* The token as the file shall have it, and its type. */
static enum token_type describe(const struct vocabulary *vocabulary, token_id id,
                                struct buffer *token)
{
    const struct tokenizer *tokenizer = vocabulary->tokenizer;
    unsigned flags;

    token->len = 0;
    if (!tokenizer_token(tokenizer, id, token)) {
        buffer_format(token, "[PAD%" PRIu32 "]", id);
        return TYPE_UNUSED;
    }
    flags = tokenizer->vocab.rows[id].flags;
    if (flags & TOKEN_ADDED) {
        const struct text text = {token->at, token->len};

        if ((flags & TOKEN_SPECIAL) || looks_special(text)) return TYPE_CONTROL;
        show_spaces(token);
        return TYPE_USER;
    }
    if (!vocabulary->pieces) return TYPE_NORMAL;
    if (id == tokenizer->unk_symbol) return TYPE_UNKNOWN;
    return byte_token_value((struct text){token->at, token->len}) >= 0 ? TYPE_BYTE : TYPE_NORMAL;
}

static bool broken(const struct vocabulary *vocabulary, const struct json *json, struct err *err)
{
    return err_set(err, "%s: merges: byte %zu: %s", vocabulary->name,
                   (size_t)(json->at - json->start) + 1, json->problem);
}

/* places[id]: how many tokens other than this the merges before its first one make, or count. */
static bool rank_tokens(const struct vocabulary *vocabulary, uint32_t *places, struct err *err)
{
    struct buffer halves[2] = {{0}, {0}};
    struct json json;
    uint32_t place = 0;
    token_id id;
    bool first = true, good;
    int more;

    for (uint32_t i = 0; i < vocabulary->count; i++) places[i] = vocabulary->count;
    json_open(&json, vocabulary->file.merges.len ? vocabulary->file.merges : TEXT("[]"));
    good = json_enter(&json, '[');
    for (more = -1; good && (more = token_file_merge(&json, &first, halves)) == 1;) {
        buffer_add(&halves[0], halves[1].at, halves[1].len);
        if (tokenizer_id(vocabulary->tokenizer, (struct text){halves[0].at, halves[0].len}, &id) &&
            places[id] == vocabulary->count)
            places[id] = place++;
    }
    good = more == 0 || broken(vocabulary, &json, err);
    json_release(&json);
    buffer_release(&halves[0]);
    buffer_release(&halves[1]);
    return good;
}

static float score_of(enum token_type type, uint32_t place)
{
    if (type == TYPE_UNUSED) return unused_score;
    if (type == TYPE_BYTE) return 0;
    return type == TYPE_NORMAL ? 0 - (float)place : added_score;
}

static bool write_scores(const struct vocabulary *vocabulary, const uint8_t *types,
                         struct gguf_writer *writer, struct err *err)
{
    uint32_t *places = mem_alloc(mem_product(vocabulary->count, sizeof *places));
    const bool good = rank_tokens(vocabulary, places, err);

    gguf_writer_array(writer, KEY("scores"), GGUF_F32, vocabulary->count);
    for (token_id id = 0; good && id < vocabulary->count; id++)
        gguf_writer_item_f32(writer, score_of((enum token_type)types[id], places[id]));
    mem_free(places);
    return good;
}

/* A space within a half is written as byte-level vocabularies write it. */
static void add_half(struct buffer *merge, const struct buffer *half)
{
    for (size_t i = 0; i < half->len; i++)
        if (half->at[i] == ' ')
            buffer_text(merge, "\xc4\xa0");
        else
            buffer_byte(merge, half->at[i]);
}

/* One pass to count them, for that stands before them, and one to write. */
static bool walk_merges(const struct vocabulary *vocabulary, struct gguf_writer *writer,
                        uint64_t *count, struct err *err)
{
    struct buffer halves[2] = {{0}, {0}}, merge = {0};
    struct json json;
    bool first = true, good;
    int more;

    *count = 0;
    json_open(&json, vocabulary->file.merges.len ? vocabulary->file.merges : TEXT("[]"));
    good = json_enter(&json, '[');
    for (more = -1; good && (more = token_file_merge(&json, &first, halves)) == 1; ++*count) {
        if (!writer) continue;
        merge.len = 0;
        add_half(&merge, &halves[0]);
        buffer_byte(&merge, ' ');
        add_half(&merge, &halves[1]);
        gguf_writer_item_text(writer, (struct text){merge.at, merge.len});
    }
    good = more == 0 || broken(vocabulary, &json, err);
    json_release(&json);
    buffer_release(&merge);
    buffer_release(&halves[0]);
    buffer_release(&halves[1]);
    return good;
}

static bool write_merges(const struct vocabulary *vocabulary, struct gguf_writer *writer,
                         struct err *err)
{
    uint64_t count;

    if (!walk_merges(vocabulary, NULL, &count, err)) return false;
    if (count == 0)
        return err_set(err, "%s: it has no merges, without which llama.cpp reads no such file",
                       vocabulary->name);
    gguf_writer_array(writer, KEY("merges"), GGUF_TEXT, count);
    return walk_merges(vocabulary, writer, &count, err);
}

bool vocabulary_write(const struct vocabulary *vocabulary, struct gguf_writer *writer,
                      struct err *err)
{
    uint8_t *types = mem_alloc(vocabulary->count);
    struct buffer token = {0};
    bool good;

    gguf_writer_text(writer, KEY("model"), text_of(vocabulary->model));
    gguf_writer_text(writer, KEY("pre"), text_of(vocabulary->pre));
    gguf_writer_array(writer, KEY("tokens"), GGUF_TEXT, vocabulary->count);
    for (token_id id = 0; id < vocabulary->count; id++) {
        types[id] = (uint8_t)describe(vocabulary, id, &token);
        gguf_writer_item_text(writer, (struct text){token.at, token.len});
    }
    good = !vocabulary->pieces || write_scores(vocabulary, types, writer, err);
    gguf_writer_array(writer, KEY("token_type"), GGUF_I32, vocabulary->count);
    for (token_id id = 0; id < vocabulary->count; id++) gguf_writer_item_i32(writer, types[id]);
    buffer_release(&token);
    mem_free(types);
    return good && (vocabulary->pieces || write_merges(vocabulary, writer, err));
}
