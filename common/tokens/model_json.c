#include "tokens/model_json.h"

#include "bpe/alphabet.h"
#include "tokens/merge_rows.h"

#include <string.h>

struct model_reader {
    struct tokenizer *tokenizer;
    struct json *json;
    struct text merges; /* where they stand, when they come before the vocabulary */
    unsigned seen;      /* a bit for each field */
    bool has_unk;
    struct buffer bytes, left, unk;
    const char *name;
    struct err *err;
};

static bool fail(struct model_reader *reader, const char *subject, struct text text,
                 const char *problem)
{
    int len = text.len < 80 ? (int)text.len : 80;

    return err_set(reader->err, "%s: %s '%.*s': %s", reader->name, subject, len, text.at, problem);
}

/* The bytes of a token that is written like this; in buffer where that is another text. */
static struct text meaning(const struct tokenizer *tokenizer, struct text written,
                           struct buffer *buffer, bool *foreign)
{
    *foreign = false;
    if (!tokenizer->byte_level) return written;
    buffer->len = 0;
    *foreign = !alphabet_read(buffer, written);
    return buffer_content(buffer);
}

const char *model_add_token(struct tokenizer *tokenizer, struct text written, token_id id,
                            unsigned flags)
{
    struct buffer buffer = {0};
    bool foreign;
    struct text bytes = meaning(tokenizer, written, &buffer, &foreign);
    const char *problem =
        vocab_add(&tokenizer->vocab, id, bytes, flags | (foreign ? TOKEN_FOREIGN : 0));

    buffer_release(&buffer);
    return problem;
}

token_id model_find_token(const struct tokenizer *tokenizer, struct text written)
{
    struct buffer buffer = {0};
    bool foreign;
    struct text bytes = meaning(tokenizer, written, &buffer, &foreign);
    token_id id = vocab_find(&tokenizer->vocab, bytes, foreign);

    buffer_release(&buffer);
    return id;
}

void model_rename_token(struct tokenizer *tokenizer, struct text written, token_id id)
{
    struct buffer buffer = {0};
    bool foreign;
    struct text bytes = meaning(tokenizer, written, &buffer, &foreign);

    if (!tokenizer->renamed.slots) vocab_init(&tokenizer->renamed, 0);
    vocab_add(&tokenizer->renamed, id, bytes, foreign ? TOKEN_FOREIGN : 0);
    tokenizer->vocab.rows[id].flags |= TOKEN_RENAMED;
    buffer_release(&buffer);
}

static bool read_vocab(struct model_reader *reader)
{
    struct json *json = reader->json;
    struct tokenizer *tokenizer = reader->tokenizer;
    bool first = true, foreign;
    int more;

    if (!json_enter(json, '{')) return false;
    for (struct text written; (more = json_key(json, &first, &written)) == 1;) {
        struct text bytes = meaning(tokenizer, written, &reader->bytes, &foreign);
        const char *problem;
        uint32_t id;

        if (!json_whole(json, &id)) return false;
        problem = vocab_add(&tokenizer->vocab, id, bytes,
                            foreign ? TOKEN_MODEL | TOKEN_FOREIGN : TOKEN_MODEL);
        if (problem) return fail(reader, "token", written, problem);
    }
    return more == 0;
}

static bool read_pair(struct model_reader *reader, struct text halves[2])
{
    struct json *json = reader->json;
    bool first = true;

    if (!json_enter(json, '[') || json_item(json, &first) != 1 || !json_text(json, &halves[0]))
        return json->problem ? false : json_fail(json, "a merge that is not a pair");
    reader->left.len = 0;
    buffer_add(&reader->left, halves[0].at, halves[0].len);
    halves[0] = buffer_content(&reader->left);
    if (json_item(json, &first) != 1 || !json_text(json, &halves[1]) ||
        json_item(json, &first) != 0)
        return json->problem ? false : json_fail(json, "a merge that is not a pair");
    return true;
}

/* A merge is written as a pair or, in older files, as one text. */
static bool read_merge(struct model_reader *reader, struct merge_rows *batch, const char **problem)
{
    struct text merge, halves[2] = {{0}, {0}};

    if (json_peek(reader->json) == '[') {
        if (!read_pair(reader, halves)) return false;
        *problem = merge_rows_add(batch, halves);
    } else {
        if (!json_text(reader->json, &merge)) return false;
        *problem = merge_rows_add_text(batch, merge);
    }
    return true;
}

static bool read_merges(struct model_reader *reader)
{
    struct json *json = reader->json;
    struct merge_rows batch;
    const char *problem = NULL;
    bool first = true, good = true;
    int more = -1;

    if (!json_enter(json, '[')) return false;
    merge_rows_init(&batch, reader->tokenizer);
    while (good && !problem && (more = json_item(json, &first)) == 1)
        good = read_merge(reader, &batch, &problem);
    good = good && (problem || more == 0);
    if (good && !problem) problem = merge_rows_flush(&batch);
    if (problem) good = fail(reader, "merge", buffer_content(&batch.shown), problem);
    merge_rows_release(&batch);
    return good;
}

static bool read_word(struct json *json, const char *word)
{
    size_t len = strlen(word);

    json_peek(json);
    if ((size_t)(json->end - json->at) <= len || memcmp(json->at, word, len) != 0) return false;
    if (!strchr(",}] \n\r\t", json->at[len])) return false;
    json->at += len;
    return true;
}

static bool read_flag(struct model_reader *reader, struct text key, bool *flag)
{
    if (read_word(reader->json, "true")) return *flag = true;
    if (read_word(reader->json, "false")) return !(*flag = false);
    return fail(reader, "model: the field", key, "neither true nor false");
}

/* What a tokenizer must not use. */
static bool read_nothing(struct model_reader *reader, struct text key)
{
    if (read_word(reader->json, "null") || read_word(reader->json, "\"\"") ||
        read_word(reader->json, "0.0") || read_word(reader->json, "0"))
        return true;
    return fail(reader, "model: the field", key, "only null is supported");
}

static bool read_type(struct model_reader *reader)
{
    struct text type;

    if (!json_text(reader->json, &type)) return false;
    return text_is(type, "BPE") || fail(reader, "model", type, "only 'BPE' is supported");
}

static bool read_unk(struct model_reader *reader)
{
    struct text unk;

    if (read_word(reader->json, "null")) return true;
    if (!json_text(reader->json, &unk)) return false;
    reader->has_unk = true;
    buffer_add(&reader->unk, unk.at, unk.len);
    return true;
}

/* Merges make sense only once the vocabulary is known. */
static bool read_or_keep_merges(struct model_reader *reader)
{
    if (!reader->tokenizer->vocab.count) return json_pass(reader->json, &reader->merges);
    return read_merges(reader);
}

enum { TYPE, DROPOUT, UNK, PREFIX, SUFFIX, FUSE_UNK, BYTE_FALLBACK, IGNORE_MERGES, VOCAB, MERGES };

static const char *const names[] = {"type",
                                    "dropout",
                                    "unk_token",
                                    "continuing_subword_prefix",
                                    "end_of_word_suffix",
                                    "fuse_unk",
                                    "byte_fallback",
                                    "ignore_merges",
                                    "vocab",
                                    "merges"};

#define NAMES (sizeof names / sizeof *names)

static bool read_field(struct model_reader *reader, struct text key)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    size_t field = 0;

    while (field < NAMES && !text_is(key, names[field])) field++;
    if (field == NAMES) return fail(reader, "model: the field", key, "it is not supported");
    if (reader->seen & 1U << field)
        return fail(reader, "model: the field", key, "it is there twice");
    reader->seen |= 1U << field;
    switch (field) {
    case TYPE: return read_type(reader);
    case UNK: return read_unk(reader);
    case FUSE_UNK: return read_flag(reader, key, &tokenizer->fuse_unk);
    case BYTE_FALLBACK: return read_flag(reader, key, &tokenizer->byte_fallback);
    case IGNORE_MERGES: return read_flag(reader, key, &tokenizer->ignore_merges);
    case VOCAB: return read_vocab(reader);
    case MERGES: return read_or_keep_merges(reader);
    default: return read_nothing(reader, key);
    }
}

static bool find_unk(struct model_reader *reader)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    struct text unk = buffer_content(&reader->unk);

    if (!reader->has_unk) return true;
    tokenizer->unk_symbol = model_find_token(tokenizer, unk);
    return tokenizer->unk_symbol != TOKEN_NONE ||
           fail(reader, "the unk_token", unk, "it is not in the vocabulary");
}

static bool finish(struct model_reader *reader)
{
    struct tokenizer *tokenizer = reader->tokenizer;

    if (!(reader->seen & 1U << VOCAB))
        return err_set(reader->err, "%s: the model has no 'vocab'", reader->name);
    if (!(reader->seen & 1U << MERGES))
        return err_set(reader->err, "%s: the model has no 'merges'", reader->name);
    if (tokenizer->byte_level && tokenizer->byte_fallback)
        return err_set(reader->err, "%s: 'byte_fallback' of a byte-level model is not supported",
                       reader->name);
    return find_unk(reader);
}

static bool read_members(struct model_reader *reader)
{
    struct json *json = reader->json;
    bool first = true;
    int more;

    if (!json_enter(json, '{')) return false;
    for (struct text key; (more = json_key(json, &first, &key)) == 1;)
        if (!read_field(reader, key)) return false;
    return more == 0;
}

static bool read_kept_merges(struct model_reader *reader)
{
    struct json *outer = reader->json, kept;
    bool good;

    if (!reader->merges.len) return true;
    json_open(&kept, reader->merges);
    kept.start = outer->start;
    reader->json = &kept;
    good = read_merges(reader);
    outer->problem = kept.problem;
    if (!good) outer->at = kept.at;
    json_release(&kept);
    reader->json = outer;
    return good;
}

bool model_read(struct tokenizer *tokenizer, struct json *json, const char *name, struct err *err)
{
    struct model_reader reader = {.tokenizer = tokenizer, .json = json, .name = name, .err = err};
    size_t expected = (size_t)(json->end - json->at) / 72; /* files have more bytes a token */
    bool good;

    vocab_init(&tokenizer->vocab, expected < 300000 ? expected : 300000);
    merges_init(&tokenizer->merges, expected < 300000 ? expected : 300000);
    good = read_members(&reader) && read_kept_merges(&reader) && finish(&reader);
    if (json->problem)
        err_set(err, "%s: byte %zu: %s", name, (size_t)(json->at - json->start) + 1, json->problem);
    buffer_release(&reader.bytes);
    buffer_release(&reader.left);
    buffer_release(&reader.unk);
    return good;
}
