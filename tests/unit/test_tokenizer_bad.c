/* What is wrong with a tokenizer.json, said in one line each. */
#include "tokens/encoder.h"

#include "check.h"
#include "unit/tokens.h"

#define VOCAB "\"vocab\":{\"a\":0,\"b\":1,\"ab\":2}"
#define MODEL "\"model\":{\"type\":\"BPE\"," VOCAB ",\"merges\":[\"a b\"]}"
#define ADDED(list) "{\"added_tokens\":[" list "]," MODEL "}"
#define PART(slot, value) "{\"" slot "\":" value "," MODEL "}"
#define SPLIT(rest) "{\"type\":\"Split\"," rest "}"
#define BYTES "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true}"
#define PLAIN "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}"
#define DIGITS "{\"type\":\"Digits\",\"individual_digits\":true}"
#define LIST(slot, name, list) PART(slot, "{\"type\":\"Sequence\",\"" name "\":[" list "]}")
#define PRE(list) LIST("pre_tokenizer", "pretokenizers", list)
#define POST(single, specials)                                                                     \
    PART("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[" single                  \
                           "],\"special_tokens\":{" specials "}}")
#define TEXT_A "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}"
#define STRIP "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}"

static const struct {
    const char *json, *error;
} cases[] = {
    {"", "x: byte 1: no object where one must stand"},
    {"[]", "x: byte 1: no object where one must stand"},
    {"{\"version\":\"1.0\"", "x: byte 17: neither ',' nor '}'"},
    {"{\"version\":\"1.0\"}", "x: it has no 'model'"},
    {"{" MODEL "} 1", "x: byte 72: something behind the value"},
    {"{\"version\":\"2.0\"," MODEL "}", "x: only version \"1.0\" is supported"},
    {"{\"colour\":1," MODEL "}", "x: 'colour' is not supported"},
    {"{\"decoder\":null,\"decoder\":null," MODEL "}", "x: 'decoder' is there twice"},
    {"{" MODEL "," MODEL "}", "x: 'model' is there twice"},
    {"{\"padding\":{\"a\":tru}," MODEL "}", "x: padding: a word that JSON does not have"},
    {"{\"model\":[]}", "x: byte 10: no object where one must stand"},
    {"{\"model\":{\"type\":\"Unigram\"}}", "x: model 'Unigram': only 'BPE' is supported"},
    {"{\"model\":{\"type\":\"BPE\",\"merges\":[]}}", "x: the model has no 'vocab'"},
    {"{\"model\":{" VOCAB "}}", "x: the model has no 'merges'"},
    {"{\"model\":{\"speed\":1}}", "x: model: the field 'speed': it is not supported"},
    {"{\"model\":{" VOCAB "," VOCAB "}}", "x: model: the field 'vocab': it is there twice"},
    {"{\"model\":{\"dropout\":0.1," VOCAB "}}",
     "x: model: the field 'dropout': only null is supported"},
    {"{\"model\":{\"end_of_word_suffix\":\"</w>\"," VOCAB "}}",
     "x: model: the field 'end_of_word_suffix': only null is supported"},
    {"{\"model\":{\"fuse_unk\":1}}", "x: model: the field 'fuse_unk': neither true nor false"},
    {"{\"model\":{\"unk_token\":\"<unk>\"," VOCAB ",\"merges\":[]}}",
     "x: the unk_token '<unk>': it is not in the vocabulary"},
    {"{\"model\":{\"vocab\":{\"a\":0,\"a\":1},\"merges\":[]}}", "x: token 'a': it is there twice"},
    {"{\"model\":{\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}",
     "x: token 'b': its id belongs to another token"},
    {"{\"model\":{\"vocab\":{\"a\":4194304},\"merges\":[]}}",
     "x: token 'a': ids above 4194303 are not supported"},
    {"{\"model\":{\"vocab\":{\"a\":-1},\"merges\":[]}}",
     "x: byte 24: no whole number below 2^32 where one must stand"},
    {"{\"model\":{\"vocab\":{\"a\":1.5},\"merges\":[]}}",
     "x: byte 24: no whole number below 2^32 where one must stand"},
    {"{\"model\":{" VOCAB ",\"merges\":[\"ab\"]}}",
     "x: merge 'ab': not two tokens with a space between them"},
    {"{\"model\":{" VOCAB ",\"merges\":[\"a b \"]}}",
     "x: merge 'a b ': not two tokens with a space between them"},
    {"{\"model\":{" VOCAB ",\"merges\":[[\"a\"]]}}", "x: byte 55: a merge that is not a pair"},
    {"{\"model\":{" VOCAB ",\"merges\":[\"c b\"]}}",
     "x: merge 'c b': its first half is not in the vocabulary"},
    {"{\"model\":{" VOCAB ",\"merges\":[[\"a\",\"c\"]]}}",
     "x: merge 'a c': its second half is not in the vocabulary"},
    {"{\"model\":{" VOCAB ",\"merges\":[\"b a\"]}}",
     "x: merge 'b a': what it makes is not in the vocabulary"},
    {"{\"model\":{\"merges\":[\"b a\"]," VOCAB "}}",
     "x: merge 'b a': what it makes is not in the vocabulary"},
    {"{\"model\":{\"vocab\":{\"a\x01\":0}}}", "x: byte 22: a control character inside a string"},
    {"{\"model\":{\"vocab\":{\"a\\x\":0}}}", "x: byte 22: an escape that JSON does not have"},
    {"{\"model\":{\"vocab\":{\"a\xff\":0}}}", "x: byte 22: bytes that are not UTF-8"},
    {"{\"pre_tokenizer\":" BYTES ",\"model\":{\"byte_fallback\":true," VOCAB ",\"merges\":[]}}",
     "x: 'byte_fallback' of a byte-level model is not supported"},
    {"{\"added_tokens\":{}," MODEL "}", "x: added_tokens is an object, not an array"},
    {ADDED("7"), "x: added_tokens: a number where an object must stand"},
    {ADDED("{\"id\":3,\"content\":\"c\"}"), "x: added_tokens: 'special' is missing"},
    {ADDED("{\"id\":3,\"content\":5,\"special\":true}"),
     "x: added_tokens: 'content' is a number, not a string"},
    {ADDED("{\"id\":3.5,\"content\":\"c\",\"special\":true}"),
     "x: added_tokens: 'id' is not a whole number below 2^32"},
    {ADDED("{\"id\":3,\"content\":\"c\",\"special\":true,\"bold\":true}"),
     "x: added_tokens: \"bold\" is not supported"},
    {ADDED("{\"id\":9,\"content\":\"c\",\"special\":true}"),
     "x: added_tokens: 'c' has id 9, but its place makes it 3"},
    {ADDED("{\"id\":3,\"content\":\"a\",\"special\":true}"),
     "x: added_tokens: 'a' has id 3 here and 0 in the vocabulary"},
    {ADDED("{\"id\":0,\"content\":\"a\",\"special\":true},"
           "{\"id\":0,\"content\":\"a\",\"special\":true}"),
     "x: added_tokens: 'a' is there twice"},
    {ADDED("{\"id\":3,\"content\":\"c\",\"special\":true},"
           "{\"id\":4,\"content\":\"c\",\"special\":true}"),
     "x: two added tokens have the same text"},
    {ADDED("{\"id\":3,\"content\":\"\",\"special\":true}"),
     "x: added_tokens: token 3 is empty or longer than 1024 bytes"},
    {PART("normalizer", "5"), "x: normalizer: a number where an object must stand"},
    {PART("normalizer", "{}"), "x: normalizer: 'type' is missing"},
    {PART("normalizer", "{\"type\":\"NFKC\"}"), "x: normalizer 'NFKC': it is not supported"},
    {PART("normalizer", "{\"type\":\"NFC\",\"form\":1}"),
     "x: normalizer 'NFC': \"form\" is not supported"},
    {PART("normalizer", "{\"type\":\"Replace\",\"content\":\"\"}"),
     "x: normalizer 'Replace': 'pattern' is missing"},
    {PART("normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a\"},\"content\":\"\"}"),
     "x: normalizer 'Replace': a 'Regex' is not supported"},
    {PART("normalizer", "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"\"}"),
     "x: normalizer 'Replace': an empty 'String' is not supported"},
    {PART("normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Glob\":\"\"},\"content\":\"\"}"),
     "x: normalizer 'Replace': 'pattern': neither 'String' nor 'Regex'"},
    {PART("normalizer", "{\"type\":\"Sequence\"}"), "x: normalizer: 'normalizers' is missing"},
    {LIST("normalizer", "normalizers", "{\"type\":\"Sequence\",\"normalizers\":[]}"),
     "x: normalizer 'Sequence': it is not supported"},
    {PART("pre_tokenizer", "{\"type\":\"Whitespace\"}"),
     "x: pre_tokenizer 'Whitespace': it is not supported"},
    {PART("pre_tokenizer",
          SPLIT("\"pattern\":{\"Regex\":\"\\\\w+\"},\"behavior\":\"Isolated\",\"invert\":false")),
     "x: pre_tokenizer 'Split': pattern '\\w+' is not supported"},
    {PART("pre_tokenizer", SPLIT("\"pattern\":{\"String\":\" \"},\"behavior\":\"Removed\"")),
     "x: pre_tokenizer 'Split': behavior 'Removed' is not supported"},
    {PART("pre_tokenizer",
          SPLIT("\"pattern\":{\"String\":\" \"},\"behavior\":\"Isolated\",\"invert\":true")),
     "x: pre_tokenizer 'Split': 'invert' is not supported"},
    {PART("pre_tokenizer", "{\"type\":\"ByteLevel\"}"),
     "x: pre_tokenizer 'ByteLevel': 'add_prefix_space' is missing"},
    {PART("pre_tokenizer", "{\"type\":\"ByteLevel\",\"add_prefix_space\":true}"),
     "x: pre_tokenizer 'ByteLevel': 'add_prefix_space' is not supported"},
    {PRE(BYTES "," BYTES), "x: pre_tokenizer 'ByteLevel': it is not supported"},
    {PRE(BYTES "," DIGITS), "x: pre_tokenizer 'Digits': it is not supported"},
    {PRE(DIGITS), "x: pre_tokenizer: 'Digits' without 'ByteLevel' is not supported"},
    {PRE(DIGITS "," PLAIN),
     "x: pre_tokenizer 'ByteLevel': 'Digits' without 'use_regex' is not supported"},
    {PART("pre_tokenizer", "{\"type\":\"Metaspace\",\"replacement\":\"_\"}"),
     "x: pre_tokenizer 'Metaspace': only U+2581 is supported as 'replacement'"},
    {PART("pre_tokenizer", "{\"type\":\"Metaspace\",\"replacement\":\"\xe2\x96\x81\","
                           "\"prepend_scheme\":\"often\"}"),
     "x: pre_tokenizer 'Metaspace': 'prepend_scheme' is neither 'always', 'first' nor 'never'"},
    {PART("post_processor", "{\"type\":\"RobertaProcessing\"}"),
     "x: post_processor 'RobertaProcessing': it is not supported"},
    {PART("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[]}"),
     "x: post_processor 'TemplateProcessing': 'special_tokens' is missing"},
    {POST("", ""), "x: post_processor 'TemplateProcessing': 'single' has no text"},
    {POST(TEXT_A "," TEXT_A, ""),
     "x: post_processor: 'single': 'Sequence': it must have the text 'A' once, and nothing else"},
    {POST("{\"Token\":{}}", ""), "x: post_processor: 'single': 'Sequence' is missing"},
    {POST("{\"SpecialToken\":{\"id\":\"<s>\"}}", ""),
     "x: post_processor 'TemplateProcessing': 'special_tokens': '<s>' is missing"},
    {POST("{\"SpecialToken\":{\"id\":\"s\"}}", "\"s\":{\"ids\":[7]}"),
     "x: post_processor 'TemplateProcessing': 'special_tokens': 's': 'ids' has something that is "
     "not a token's id"},
    {POST("{\"SpecialToken\":{\"id\":\"s\"}}", "\"s\":{\"ids\":7}"),
     "x: post_processor 'TemplateProcessing': 'special_tokens': 's': no array 'ids'"},
    {PART("decoder", "{\"type\":\"WordPiece\"}"), "x: decoder 'WordPiece': it is not supported"},
    {PART("decoder", STRIP), "x: decoder 'Strip': it is not supported at this place"},
    {LIST("decoder", "decoders", "{\"type\":\"Fuse\"},{\"type\":\"ByteFallback\"}"),
     "x: decoder 'ByteFallback': it is not supported at this place"},
    {LIST("decoder", "decoders",
          "{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \",\"stop\":1}"),
     "x: decoder 'Strip': 'stop' above 0 is not supported"},
    {LIST("decoder", "decoders",
          "{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\"ab\",\"stop\":0}"),
     "x: decoder 'Strip': 'content' is not one character"},
};

TEST(bad_files)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tokenizer *tokenizer = NULL;
        struct err err = {""};
        bool good = tokenizer_load_bytes(&tokenizer, text_of(cases[i].json), "x", &err);

        check_claim(!good && !tokenizer, __FILE__, __LINE__, "%s is taken", cases[i].json);
        if (!good) CHECK_TEXT(err.text, cases[i].error);
        tokenizer_close(tokenizer);
    }
}

TEST(every_beginning_of_a_file)
{
    struct buffer json = {0};
    struct err err;

    if (!CHECK(golden_tokenizer("small-llama3", &json, &err))) return;
    while (json.len && json.at[json.len - 1] != '}') json.len--;
    for (size_t len = 0; len < json.len; len += CHECK_SLOW ? 29 : 1) {
        struct tokenizer *tokenizer = NULL;

        if (!CHECK(!tokenizer_load_bytes(&tokenizer, (struct text){json.at, len}, "x", &err)))
            break;
    }
    buffer_release(&json);
}

TEST(a_file_that_is_not_there)
{
    struct tokenizer *tokenizer;
    struct err err;

    CHECK(!tokenizer_load(&tokenizer, "tests/no-such-file", &err));
    CHECK_TEXT(err.text, "tests/no-such-file: No such file or directory");
}

/* Members in another order, a model before what it depends on, and old spellings. */
TEST(unusual_but_right)
{
    static const char *const good[] = {
        "{\"model\":{\"merges\":[[\"a\",\"b\"]]," VOCAB ",\"dropout\":0.0},\"pre_tokenizer\":" PLAIN
        "}",
        "{\"truncation\":{\"a\":[1]},\"padding\":null," MODEL ",\"added_tokens\":null}",
        ADDED("{\"id\":1,\"content\":\"b\",\"special\":false,\"normalized\":true}"),
        PART("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[]}"),
        POST("{\"SpecialToken\":{\"id\":\"s\",\"type_id\":0}}," TEXT_A, "\"s\":{\"ids\":[0,1]}")};
    struct err err = {""};

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct tokenizer *tokenizer;
        struct encoder encoder;
        struct ids ids = {0};

        if (!check_claim(tokenizer_load_bytes(&tokenizer, text_of(good[i]), "x", &err), __FILE__,
                         __LINE__, "%s: %s", good[i], err.text))
            continue;
        encoder_init(&encoder, tokenizer);
        CHECK(tokenizer_encode(&encoder, TEXT("aab"), false, &ids, &err));
        CHECK(ids.count > 1 && ids.at[0] == 0);
        encoder_release(&encoder);
        tokenizer_close(tokenizer);
        ids_release(&ids);
    }
}

int main(void)
{
    RUN(bad_files);
    RUN(every_beginning_of_a_file);
    RUN(a_file_that_is_not_there);
    RUN(unusual_but_right);
    return check_end();
}
