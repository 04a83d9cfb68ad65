/* Tokenizers from GGUF files that are made here: ids, and what is wrong with a file. */
#include "tokens/tokenizer_gguf.h"

#include "check.h"
#include "tokens/detokenizer.h"
#include "tokens/encoder.h"

#include <endian.h>

#define MARK "\xe2\x96\x81"
#define MARKED_A "\xe2\x96\x81\x61"

/* A file's metadata as it grows. */
struct file {
    struct buffer bytes;
    uint64_t keys;
};

static void put(struct file *file, const void *at, size_t len)
{
    buffer_add(&file->bytes, at, len);
}

static void put_u32(struct file *file, uint32_t value)
{
    value = htole32(value);
    put(file, &value, sizeof value);
}

static void put_u64(struct file *file, uint64_t value)
{
    value = htole64(value);
    put(file, &value, sizeof value);
}

static void put_text(struct file *file, const char *text)
{
    put_u64(file, strlen(text));
    put(file, text, strlen(text));
}

static void begin(struct file *file)
{
    *file = (struct file){{0}, 0};
    put(file, "GGUF", 4);
    put_u32(file, 3);
    put_u64(file, 0);
    put_u64(file, 0); /* the number of keys, known at the end */
}

static void key(struct file *file, const char *name, enum gguf_type type)
{
    char whole[64];

    snprintf(whole, sizeof whole, "tokenizer.ggml.%s", name);
    put_text(file, whole);
    put_u32(file, type);
    file->keys++;
}

static void array(struct file *file, const char *name, enum gguf_type type, size_t count)
{
    key(file, name, GGUF_ARRAY);
    put_u32(file, type);
    put_u64(file, count);
}

static void text_key(struct file *file, const char *name, const char *text)
{
    key(file, name, GGUF_TEXT);
    put_text(file, text);
}

static void flag(struct file *file, const char *name, char value)
{
    key(file, name, GGUF_BOOL);
    put(file, &value, 1);
}

static void number(struct file *file, const char *name, uint32_t value)
{
    key(file, name, GGUF_U32);
    put_u32(file, value);
}

static void texts(struct file *file, const char *name, const char *const *list, size_t count)
{
    array(file, name, GGUF_TEXT, count);
    for (size_t i = 0; i < count; i++) put_text(file, list[i]);
}

/* One digit each. */
static void types(struct file *file, const char *digits)
{
    array(file, "token_type", GGUF_I32, strlen(digits));
    for (; *digits; digits++) put_u32(file, (uint32_t)(*digits - '0'));
}

static void scores(struct file *file, const float *list, size_t count)
{
    array(file, "scores", GGUF_F32, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &list[i], sizeof bits);
        put_u32(file, bits);
    }
}

static bool finish(struct file *file, struct tokenizer **tokenizer, struct err *err)
{
    struct mapped mapped = {(const unsigned char *)file->bytes.at, file->bytes.len, "x.gguf"};
    uint64_t keys = htole64(file->keys);
    struct gguf gguf;
    bool good;

    memcpy(file->bytes.at + 16, &keys, sizeof keys);
    good = gguf_parse(&gguf, &mapped, err);
    if (good) {
        good = tokenizer_from_gguf(tokenizer, &gguf, err);
        gguf_release(&gguf);
    }
    buffer_release(&file->bytes);
    return good;
}

static void check_ids(const struct tokenizer *tokenizer, const char *text, const char *want,
                      const char *decoded)
{
    char got[256] = "";
    struct encoder encoder;
    struct ids ids = {0};
    struct buffer out = {0};
    struct err err;

    encoder_init(&encoder, tokenizer);
    CHECK(tokenizer_encode(&encoder, text_of(text), true, &ids, &err));
    for (size_t i = 0; i < ids.count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%u", i ? " " : "", ids.at[i]);
    CHECK_TEXT(got, want);
    tokenizer_decode(tokenizer, ids.at, ids.count, true, &out);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, decoded);
    encoder_release(&encoder);
    ids_release(&ids);
    buffer_release(&out);
}

static const char *const byte_tokens[] = {"a",   "b",      "ab",    "\xc4\xa0", "\xc4\xa0\x61\x62",
                                          "<s>", "<tool>", "[PAD7]"};

static void byte_level(struct file *file, const char *pre, const char *const *merges, size_t count)
{
    begin(file);
    text_key(file, "model", "gpt2");
    if (pre) text_key(file, "pre", pre);
    texts(file, "tokens", byte_tokens, 8);
    types(file, "11111345");
    texts(file, "merges", merges, count);
}

static const char *const two_merges[] = {"a b", "\xc4\xa0 ab"};

TEST(byte_level_tokens)
{
    struct tokenizer *tokenizer = NULL;
    struct file file;
    struct err err;

    byte_level(&file, "llama-bpe", two_merges, 2);
    number(&file, "bos_token_id", 5);
    number(&file, "eos_token_id", 5);
    flag(&file, "add_eos_token", 1);
    if (!CHECK(finish(&file, &tokenizer, &err))) return;
    check_ids(tokenizer, "ab ab<tool>b<s>", "5 2 4 6 1 5 5", "ab ab<tool>b");
    CHECK_INT(tokenizer_size(tokenizer), 8);
    CHECK(tokenizer_is_special(tokenizer, 5) && !tokenizer_is_special(tokenizer, 6));
    CHECK(text_is(tokenizer_piece(tokenizer, 7), "[PAD7]"));
    CHECK(tokenizer_bos(tokenizer) == 5 && tokenizer_pad(tokenizer) == TOKEN_NONE);
    tokenizer_close(tokenizer);
}

/* 'abc': b and c score higher together than a and b do. */
TEST(pieces_with_scores)
{
    static const char *const list[] = {"<unk>",  "<s>", "</s>",   "<0x0A>", "<0xC3>",
                                       "<0xA9>", MARK,  "a",      "b",      "c",
                                       "ab",     "bc",  MARKED_A, "user"};
    static const float values[] = {0, 0, 0, 0, 0, 0, -1, -2, -3, -4, -6, -5, -7, 0};
    struct tokenizer *tokenizer = NULL;
    struct file file;
    struct err err;

    for (int space = 0; space < 2; space++) {
        begin(&file);
        text_key(&file, "model", "llama");
        texts(&file, "tokens", list, 14);
        types(&file, "23366611111114");
        scores(&file, values, 14);
        if (!space) flag(&file, "add_space_prefix", 0);
        if (!CHECK(finish(&file, &tokenizer, &err))) return;
        if (space)
            check_ids(tokenizer, "abc\nuser a", "1 12 11 3 13 6 12", "abc\nuser  a");
        else
            check_ids(tokenizer, "abc \xc3\xa9z", "1 7 11 6 4 5 0", "abc \xc3\xa9");
        CHECK(tokenizer_eos(tokenizer) == 2 && tokenizer_unk(tokenizer) == 0);
        tokenizer_close(tokenizer);
    }
}

static void check_refused(struct file *file, const char *want)
{
    struct tokenizer *tokenizer = NULL;
    struct err err = {""};

    CHECK(!finish(file, &tokenizer, &err) && !tokenizer);
    CHECK_TEXT(err.text, want);
}

TEST(refusals)
{
    static const char *const bad[] = {"b a"}, *const whole[] = {"ab"};
    const float no_number = NAN;
    struct file file;

    begin(&file);
    check_refused(&file, "x.gguf: there is no 'tokenizer.ggml.model'");
    begin(&file);
    text_key(&file, "model", "bert");
    check_refused(&file, "x.gguf: 'tokenizer.ggml.model' 'bert' is not supported");
    byte_level(&file, NULL, two_merges, 2);
    check_refused(&file, "x.gguf: there is no 'tokenizer.ggml.pre'");
    byte_level(&file, "dbrx", two_merges, 2);
    check_refused(&file, "x.gguf: 'tokenizer.ggml.pre' 'dbrx' is not supported");
    byte_level(&file, "gpt-2", bad, 1);
    check_refused(&file, "x.gguf: merge 'b a': what it makes is not in the vocabulary");
    byte_level(&file, "gpt-2", whole, 1);
    check_refused(&file, "x.gguf: merge 'ab': not two tokens with a space between them");
    byte_level(&file, "llama3", two_merges, 2);
    check_refused(&file, "x.gguf: a token is to be added to each text, but none is named");
    begin(&file);
    text_key(&file, "model", "gpt2");
    text_key(&file, "pre", "qwen2");
    texts(&file, "tokens", byte_tokens, 2);
    types(&file, "111");
    check_refused(&file, "x.gguf: there are not as many types or scores as tokens");
    begin(&file);
    text_key(&file, "model", "gpt2");
    text_key(&file, "pre", "qwen2");
    texts(&file, "tokens", byte_tokens, 2);
    types(&file, "19");
    check_refused(&file, "x.gguf: token 1: its type is not known");
    begin(&file);
    text_key(&file, "model", "llama");
    texts(&file, "tokens", byte_tokens, 1);
    types(&file, "1");
    scores(&file, &no_number, 1);
    check_refused(&file, "x.gguf: token 0: its score is not a number");
}

int main(void)
{
    RUN(byte_level_tokens);
    RUN(pieces_with_scores);
    RUN(refusals);
    return check_end();
}
