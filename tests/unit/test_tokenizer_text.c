/* The tokenizer of a GGUF file, written as tokenizer.json. */
#include "fold/tokenizer_text.h"

#include "check.h"
#include "unit/gguf_file.h"

#define NAME(name) "'tokenizer.ggml." name "' "
#define TEXT_KEY(name, value) NAME(name) "4:8 '" value "' "
#define FLAG(name, value) NAME(name) "4:7 1:" value " "
#define NUMBER(name, value) NAME(name) "4:4 4:" value " "
#define LIST(name, type, count) NAME(name) "4:9 4:" type " 8:" count " "
#define MARK "\xe2\x96\x81"

/* Scores are -1, -2 and -3 as bits. */
#define ONE "4:0xbf800000 "
#define TWO "4:0xc0000000 "
#define THREE "4:0xc0400000 "

#define PIECES                                                                                     \
    TEXT_KEY("model", "llama")                                                                     \
    LIST("tokens", "8", "9")                                                                       \
    "'<unk>' '<s>' '</s>' '<0x0A>' '" MARK "' 'a' '" MARK "a' '" MARK                              \
    "aa' '[PAD8]' " LIST("scores", "6", "9") ONE ONE ONE ONE THREE THREE TWO ONE ONE LIST(         \
        "token_type", "5", "9") "4:2 4:3 4:3 4:6 4:1 4:1 4:1 4:1 4:5 "

#define BYTES                                                                                      \
    TEXT_KEY("model", "gpt2")                                                                      \
    LIST("tokens", "8", "6")                                                                       \
    "'a' 'b' 'ab' '<|x|>' 'new' '\xc4\xa0' " LIST(                                                 \
        "token_type", "5", "6") "4:1 4:1 4:1 4:3 4:4 4:1 " LIST("merges", "8", "1") "'a b' "

static struct buffer json, config;
static struct err err;

/* False with err. Both texts end with a zero byte. */
static bool make(const char *keys, const char *spec)
{
    char whole[4000];
    struct mapped file;
    struct gguf gguf;
    bool good;

    json.len = config.len = 0;
    snprintf(whole, sizeof whole, "GGUF 4:3 8:0 8:%s %s", keys, spec);
    file = gguf_file_of(whole);
    if (!CHECK(gguf_parse(&gguf, &file, &err))) return false;
    good = tokenizer_text_make(&gguf, &json, &config, &err);
    buffer_byte(&json, '\0');
    buffer_byte(&config, '\0');
    gguf_release(&gguf);
    gguf_file_release(&file);
    return good;
}

static bool has(const struct buffer *text, const char *part)
{
    return strstr(text->at, part) != NULL;
}

TEST(pieces_with_scores)
{
    CHECK(make("6", PIECES FLAG("add_bos_token", "1") FLAG("add_space_prefix", "1")));
    CHECK(has(&json, "\"added_tokens\":[{\"id\":1,\"content\":\"<s>\",\"single_word\":false,"));
    CHECK(has(&json, "\"special\":true},{\"id\":2,\"content\":\"</s>\""));
    CHECK(has(&json, "\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"" MARK "\"},"
                     "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},"
                     "\"content\":\"" MARK "\"}]"));
    CHECK(has(&json, "\"pre_tokenizer\":null"));
    CHECK(has(&json, "\"single\":[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}},"
                     "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":["));
    CHECK(has(&json, "\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[1],"
                     "\"tokens\":[\"<s>\"]}}"));
    CHECK(has(&json, "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]"));
    CHECK(has(&json, "\"unk_token\":\"<unk>\""));
    CHECK(has(&json, "\"fuse_unk\":true,\"byte_fallback\":true,\"ignore_merges\":false"));
    CHECK(has(&json, "\"" MARK "aa\":7},\"merges\":[[\"" MARK "a\",\"a\"],[\"" MARK "\",\"a\"]]"));
    CHECK(!has(&json, "PAD"));
    CHECK(has(&config, "\"bos_token\":\"<s>\",\"eos_token\":\"</s>\",\"unk_token\":\"<unk>\","
                       "\"add_bos_token\":true}"));
}

TEST(without_a_space_before)
{
    CHECK(make("6", PIECES FLAG("add_bos_token", "0") FLAG("add_space_prefix", "0")));
    CHECK(!has(&json, "Prepend") && !has(&json, "Strip"));
    CHECK(has(&json, "\"post_processor\":null"));
    CHECK(has(&config, "\"add_bos_token\":false"));
}

TEST(both_ends)
{
    CHECK(make("7", PIECES FLAG("add_bos_token", "1") FLAG("add_eos_token", "1")
                        FLAG("add_space_prefix", "1")));
    CHECK(has(&json, "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},{\"SpecialToken\":{\"id\":"
                     "\"</s>\",\"type_id\":0}}],"));
    CHECK(has(&json, "\"<s>\":{\"id\":\"<s>\",\"ids\":[1],\"tokens\":[\"<s>\"]},"
                     "\"</s>\":{\"id\":\"</s>\",\"ids\":[2],\"tokens\":[\"</s>\"]}}"));
}

TEST(byte_level)
{
    static const struct {
        const char *spec, *part;
    } cases[] = {
        {BYTES TEXT_KEY("pre", "gpt-2"), "\"use_regex\":true}]},\"post_processor\":null"},
        {BYTES TEXT_KEY("pre", "smollm"), "{\"type\":\"Digits\",\"individual_digits\":true},"},
        {BYTES TEXT_KEY("pre", "qwen2"), "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":["
                                         "{\"type\":\"NFC\"}]}"},
        {BYTES TEXT_KEY("pre", "llama-bpe") FLAG("add_bos_token", "0"), "\\\\p{N}{1,3}|"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(make(i == 3 ? "6" : "5", cases[i].spec));
        CHECK(has(&json, cases[i].part));
        CHECK(has(&json, "\"id\":3,\"content\":\"<|x|>\""));
        CHECK(has(&json, "\"special\":true},{\"id\":4,\"content\":\"new\""));
        CHECK(has(&json, "\"normalized\":false,\"special\":false}],"));
        CHECK(has(&json, "\"merges\":[\"a b\"]"));
        CHECK(has(&json, "\"unk_token\":null"));
        CHECK(has(&json, "\"decoder\":{\"type\":\"ByteLevel\","));
    }
    CHECK(has(&json, "\"ignore_merges\":true"));
}

TEST(not_known)
{
    CHECK(!make("5", BYTES TEXT_KEY("pre", "other")));
    CHECK_TEXT(err.text, "x.gguf: 'tokenizer.ggml.pre' 'other' is not supported");
    CHECK(!make("1", NUMBER("bos_token_id", "1")));
    CHECK(!make("4", TEXT_KEY("model", "gpt2") TEXT_KEY("pre", "gpt-2")
                         LIST("tokens", "8", "1") "'a' " LIST("merges", "8", "0")));
}

int main(void)
{
    RUN(pieces_with_scores);
    RUN(without_a_space_before);
    RUN(both_ends);
    RUN(byte_level);
    RUN(not_known);
    buffer_release(&json);
    buffer_release(&config);
    return check_end();
}
