/* export/vocabulary and export/specials: tokenizers as GGUF keys, read again by
 * tokens/tokenizer_gguf; whole files of them are in tests/cli/export-gguf.t. */
#include "export/specials.h"

#include "check.h"
#include "gguf/gguf.h"
#include "unit/tokens.h"

#include <stdlib.h>

static struct err err;
static char name[] = "t.json", config_name[] = "c.json", settings_name[] = "s.json";

/* An origin of texts alone. */
static struct origin origin_of(struct text tokenizer, const char *config, const char *settings,
                               uint32_t rows)
{
    struct origin origin = {.path = "x", .stream.fd = -1};

    origin.model.config.vocabulary = rows;
    origin.texts[TEXT_TOKENIZER] = tokenizer;
    origin.names[TEXT_TOKENIZER] = name;
    origin.texts[TEXT_CONFIG] = text_of(config);
    origin.names[TEXT_CONFIG] = config_name;
    if (settings) origin.texts[TEXT_TOKENIZER_CONFIG] = text_of(settings);
    origin.names[TEXT_TOKENIZER_CONFIG] = settings_name;
    return origin;
}

static bool open_golden(const char *file, uint32_t rows, struct buffer *json,
                        struct vocabulary *vocabulary)
{
    struct origin origin;

    if (!golden_tokenizer(file, json, &err)) return false;
    origin = origin_of((struct text){json->at, json->len}, "{}", NULL, rows);
    return vocabulary_open(vocabulary, &origin, &err);
}

/* Written, read again, and cut alike. */
static bool write_and_check(const struct vocabulary *vocabulary, struct gguf_writer *writer)
{
    gguf_writer_init(writer);
    if (vocabulary->pieces && !vocabulary->adds_space)
        gguf_writer_bool(writer, "tokenizer.ggml.add_space_prefix", false);
    if (!vocabulary_write(vocabulary, writer, &err)) return false;
    gguf_writer_bool(writer, "tokenizer.ggml.add_bos_token", false);
    return vocabulary_check(vocabulary, writer, &err);
}

TEST(every_kind_is_written_and_read)
{
    static const struct {
        const char *file, *pre;
        uint32_t rows;
        bool pieces;
    } kinds[] = {{"gpt2", "gpt-2", 50257, false},
                 {"qwen3", "qwen2", 151936, false},
                 {"smollm2", "smollm", 49152, false},
                 {"mistral", "default", 32000, true},
                 {"phi3", "default", 32064, true}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct vocabulary vocabulary = {0};
        struct gguf_writer writer;
        struct buffer json = {0};

        if (CHECK(open_golden(kinds[i].file, kinds[i].rows, &json, &vocabulary))) {
            CHECK_TEXT(vocabulary.pre, kinds[i].pre);
            CHECK(vocabulary.pieces == kinds[i].pieces);
            check_claim(write_and_check(&vocabulary, &writer), __FILE__, __LINE__, "%s: %s",
                        kinds[i].file, err.text);
            gguf_writer_release(&writer);
            vocabulary_close(&vocabulary);
        }
        buffer_release(&json);
    }
}

/* 'foo' is made by merges, but is found as an added token before them: the reader wants no such
 * merge. */
TEST(what_we_could_not_read_is_not_written)
{
    struct vocabulary vocabulary = {0};
    struct gguf_writer writer;
    struct buffer json = {0};

    if (!CHECK(open_golden("small-llama3", 4096, &json, &vocabulary))) return;
    CHECK_TEXT(vocabulary.pre, "llama-bpe");
    CHECK(!write_and_check(&vocabulary, &writer));
    CHECK_TEXT(err.text, "the keys to be written: merge 'fo o': what it makes is not in the "
                         "vocabulary");
    gguf_writer_release(&writer);
    vocabulary_close(&vocabulary);
    buffer_release(&json);
}

/* A value of the keys written. */
static struct gguf_value find(const struct gguf_writer *writer, const char *key,
                              struct buffer *bytes)
{
    struct gguf_value value = {0};
    struct mapped file;
    struct gguf gguf;
    char path[] = "keys";

    bytes->len = 0;
    gguf_writer_keys(writer, bytes);
    file = (struct mapped){(const unsigned char *)bytes->at, bytes->len, path};
    if (!CHECK(gguf_parse(&gguf, &file, &err))) return value;
    if (gguf_find(&gguf, key)) value = *gguf_find(&gguf, key);
    gguf_release(&gguf);
    return value;
}

/* Three bytes' tokens, two letters and what they make, an unknown one, one that is only added. */
static const char pieces[] =
    "{\"version\":\"1.0\",\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true,"
    "\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false},"
    "{\"id\":7,\"content\":\"a\xe2\x96\x81z\",\"special\":false,\"single_word\":false,"
    "\"lstrip\":false,\"rstrip\":false,\"normalized\":false},"
    "{\"id\":8,\"content\":\"<|x|>\",\"special\":false,\"single_word\":false,"
    "\"lstrip\":false,\"rstrip\":false,\"normalized\":false}],"
    "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":"
    "\"\xe2\x96\x81\"},{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":"
    "\"\xe2\x96\x81\"}]},\"pre_tokenizer\":null,\"post_processor\":null,"
    "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{"
    "\"String\":"
    "\"\xe2\x96\x81\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},"
    "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]},"
    "\"model\":{\"type\":\"BPE\",\"unk_token\":\"<unk>\",\"fuse_unk\":true,\"byte_fallback\":true,"
    "\"vocab\":{\"<unk>\":0,\"<0x41>\":1,\"a\":2,\"b\":3,\"\xe2\x96\x81\":4,\"ab\":5,"
    "\"\xe2\x96\x81"
    "ab\":6},\"merges\":[\"a b\",\"\xe2\x96\x81 ab\"]}}";

TEST(types_and_scores_of_pieces)
{
    static const int32_t types[] = {3, 6, 1, 1, 1, 1, 1, 4, 3, 5};
    static const float scores[] = {-1000, 0, -10, -10, -10, 0, -1, -1000, -1000, -10000};
    struct origin origin = origin_of(TEXT(pieces), "{}", NULL, 10);
    struct vocabulary vocabulary = {0};
    struct gguf_writer writer;
    struct gguf_value values;
    struct buffer bytes = {0};
    struct text text = {0};
    int32_t type = 0;
    float score = 0;

    if (!CHECK(vocabulary_open(&vocabulary, &origin, &err))) return;
    CHECK(vocabulary.adds_space);
    CHECK(write_and_check(&vocabulary, &writer));
    values = find(&writer, "tokenizer.ggml.token_type", &bytes);
    for (int i = 0; i < 10; i++) CHECK(gguf_next_i32(&values, &type) && type == types[i]);
    values = find(&writer, "tokenizer.ggml.scores", &bytes);
    for (int i = 0; i < 10; i++) {
        CHECK(gguf_next_f32(&values, &score));
        CHECK_NEAR((double)score, (double)scores[i], 0);
    }
    values = find(&writer, "tokenizer.ggml.tokens", &bytes);
    for (int i = 0; i < 8; i++) CHECK(gguf_next_text(&values, &text));
    CHECK(text_is(text, "a z"));
    CHECK(gguf_next_text(&values, &text) && gguf_next_text(&values, &text));
    CHECK(text_is(text, "[PAD9]"));
    CHECK(find(&writer, "tokenizer.ggml.merges", &bytes).at == NULL);
    gguf_writer_release(&writer);
    vocabulary_close(&vocabulary);
    buffer_release(&bytes);
}

TEST(what_the_embedding_lacks_is_told)
{
    struct origin origin = origin_of(TEXT(pieces), "{}", NULL, 8);
    struct vocabulary vocabulary;

    CHECK(!vocabulary_open(&vocabulary, &origin, &err));
    CHECK_TEXT(err.text, "t.json: has the token 8, but the embedding only 8 rows");
}

TEST(kinds_that_have_no_name_are_told)
{
    static const struct {
        const char *file, *words;
    } kinds[] = {{"small-numbers", "GGUF has no name for the way its 'pre_tokenizer' cuts texts"},
                 {"small-plain", "it is neither byte-level nor has it tokens for single bytes"}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct vocabulary vocabulary = {0};
        struct buffer json = {0};

        CHECK(!open_golden(kinds[i].file, 4096, &json, &vocabulary));
        check_claim(strstr(err.text, kinds[i].words) != NULL, __FILE__, __LINE__, "%s: %s",
                    kinds[i].file, err.text);
        buffer_release(&json);
    }
}

static void replace(struct buffer *text, const char *from, const char *to)
{
    char *at, *rest;

    buffer_byte(text, '\0');
    at = strstr(text->at, from);
    if (!CHECK(at != NULL)) return;
    rest = mem_copy_text(at + strlen(from));
    text->len = (size_t)(at - text->at);
    buffer_text(text, to);
    buffer_text(text, rest);
    mem_free(rest);
}

/* 'Th' is a token that no merge makes; to have a score is to be made. */
TEST(what_scores_cannot_say_is_found)
{
    struct buffer json = {0};
    struct origin origin;
    struct vocabulary vocabulary = {0};
    struct gguf_writer writer;

    buffer_text(&json, pieces);
    replace(&json, "\"a\":2,\"b\":3", "\"T\":2,\"h\":3");
    replace(&json, "\"ab\":5", "\"Th\":5");
    replace(&json, "ab\":6", "Th\":6");
    replace(&json, "\"a b\",\"\xe2\x96\x81 ab\"", "\"\xe2\x96\x81 Th\"");
    origin = origin_of((struct text){json.at, json.len}, "{}", NULL, 10);
    if (CHECK(vocabulary_open(&vocabulary, &origin, &err))) {
        CHECK(!write_and_check(&vocabulary, &writer));
        CHECK_TEXT(err.text, "t.json: GGUF cannot say how it works: as 'llama' with 'default' a "
                             "text would have other ids");
        gguf_writer_release(&writer);
        vocabulary_close(&vocabulary);
    }
    buffer_release(&json);
}

/* --- special tokens */

#define ADDED(id, text)                                                                            \
    "{\"id\":" #id ",\"content\":\"" text "\",\"special\":true,\"single_word\":false,"             \
    "\"lstrip\":false,\"rstrip\":false,\"normalized\":false}"

static const char *tokenizer_with(const char *processor)
{
    static char json[2048];

    snprintf(
        json, sizeof json,
        "{\"version\":\"1.0\",\"added_tokens\":[" ADDED(2, "<s>") "," ADDED(3, "</s>") "," ADDED(
            4, "<p>") "],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\","
                      "\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true},"
                      "\"decoder\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,"
                      "\"trim_offsets\":true,\"use_regex\":true},\"post_processor\":%s,"
                      "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}}",
        processor);
    return json;
}

#define PIECE(text) "{\"SpecialToken\":{\"id\":\"" text "\",\"type_id\":0}}"
#define PART(text) "{\"Sequence\":{\"id\":\"" text "\",\"type_id\":0}}"
#define IDS                                                                                        \
    "\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[2],\"tokens\":[\"<s>\"]},\"</s>\":{"     \
    "\"id\":\"</s>\",\"ids\":[3],\"tokens\":[\"</s>\"]}}"
#define BEGINS                                                                                     \
    "{\"type\":\"TemplateProcessing\",\"single\":[" PIECE("<s>") "," PART(                         \
        "A") "],\"pair\":[" PIECE("<s>") "," PART("A") "," PIECE("<s>") "," PART("B") "]," IDS "}"
#define ENDS                                                                                       \
    "{\"type\":\"TemplateProcessing\",\"single\":[" PART("A") "," PIECE(                           \
        "</s>") "],\"pair\":[" PART("A") "," PART("B") "," PIECE("</s>") "]," IDS "}"

/* 'bos 2 eos 3 +bos -eos' */
static const char *specials_of(const char *processor, const char *config, const char *settings)
{
    static const char *const words[SPECIALS] = {"bos", "eos",  "unk", "sep", "pad",
                                                "cls", "mask", "eot", "eom"};
    static char text[400];
    const struct origin origin = origin_of(text_of(tokenizer_with(processor)), config, settings, 8);
    struct vocabulary vocabulary;
    struct specials specials;
    size_t len = 0;

    if (!vocabulary_open(&vocabulary, &origin, &err)) return err.text;
    if (!specials_read(&specials, &origin, &vocabulary, &err)) {
        vocabulary_close(&vocabulary);
        return err.text;
    }
    *text = '\0';
    for (size_t i = 0; i < specials.id_count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s %u ",
                                words[specials.ids[i].kind], specials.ids[i].id);
    for (size_t i = 0; i < specials.add_count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%c%s ",
                                specials.adds[i].yes ? '+' : '-', words[specials.adds[i].kind]);
    vocabulary_close(&vocabulary);
    return text;
}

/* What gguf-py's SpecialVocab finds, put down by hand from its rules. */
TEST(special_tokens_in_the_converters_order)
{
    CHECK_TEXT(specials_of("null", "{}", NULL), "");
    CHECK_TEXT(specials_of("null", "{\"bos_token_id\":2,\"eos_token_id\":[3]}", NULL), "bos 2 ");
    CHECK_TEXT(specials_of("null", "{\"eos_token_id\":3,\"pad_token_id\":-1}", NULL), "eos 3 ");
    CHECK_TEXT(specials_of("null", "{\"bos_token_id\":9}", NULL), "");
    CHECK_TEXT(specials_of("null", "{\"text_config\":{\"bos_token_id\":2}}", NULL), "bos 2 ");
    CHECK_TEXT(specials_of("null", "{\"bos_token_id\":2}",
                           "{\"eos_token\":\"</s>\",\"pad_token\":{\"content\":\"<p>\"}}"),
               "eos 3 pad 4 bos 2 ");
    CHECK_TEXT(specials_of("null", "{}", "{\"bos_token\":\"a\",\"add_bos_token\":false}"), "-bos ");
    CHECK_TEXT(specials_of(BEGINS, "{}", "{\"bos_token\":\"<s>\",\"add_eos_token\":true}"),
               "bos 2 +bos -sep +eos ");
    CHECK_TEXT(specials_of(BEGINS, "{}", "{}"), "bos 2 cls 2 +bos -sep ");
    CHECK_TEXT(specials_of(BEGINS, "{}", "{\"bos_token\":{\"content\":\"<s>\"}}"),
               "bos 2 cls 2 +bos -sep ");
    CHECK_TEXT(specials_of(ENDS, "{}", "{\"eos_token\":\"<p>\"}"), "eos 3 eot 4 +eos ");
    CHECK_TEXT(specials_of(ENDS, "{}", "{\"eos_token\":\"</s>\",\"add_eos_token\":false}"),
               "eos 3 -eos ");
    CHECK_TEXT(specials_of("null", "{}", "{\"sep_token\":\"</s>\"}"), "eos 3 sep 3 ");
    CHECK_TEXT(specials_of("null", "{}",
                           "{\"model_max_length\":1000000000000000000000000000000,"
                           "\"mask_token\":\"<p>\"}"),
               "mask 4 ");
}

TEST(files_that_cannot_be_read_are_told)
{
    CHECK_TEXT(specials_of("null", "{}", "{"), "s.json:1: string or '}' expected near end of file");
    CHECK_TEXT(specials_of("null", "[]", NULL), "c.json: not a JSON object");
}

TEST(no_merges_are_no_file)
{
    const struct origin origin = origin_of(text_of(tokenizer_with("null")), "{}", NULL, 8);
    struct vocabulary vocabulary = {0};
    struct gguf_writer writer;

    gguf_writer_init(&writer);
    if (!CHECK(vocabulary_open(&vocabulary, &origin, &err))) return;
    CHECK(!vocabulary_write(&vocabulary, &writer, &err));
    CHECK_TEXT(err.text, "t.json: it has no merges, without which llama.cpp reads no such file");
    vocabulary_close(&vocabulary);
    gguf_writer_release(&writer);
}

int main(void)
{
    RUN(every_kind_is_written_and_read);
    RUN(what_we_could_not_read_is_not_written);
    RUN(types_and_scores_of_pieces);
    RUN(what_the_embedding_lacks_is_told);
    RUN(kinds_that_have_no_name_are_told);
    RUN(what_scores_cannot_say_is_found);
    RUN(special_tokens_in_the_converters_order);
    RUN(files_that_cannot_be_read_are_told);
    RUN(no_merges_are_no_file);
    return check_end();
}
