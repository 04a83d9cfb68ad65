/* Ids and texts: every line of tests/golden/tokens/ids.jsonl, exactly; decoding piece by piece; and
 * the questions a tokenizer answers. */
#include "tokens/detokenizer.h"
#include "tokens/encoder.h"

#include "check.h"
#include "unit/tokens.h"

#include <jansson.h>
#include <stdlib.h>

static char loaded_name[64];
static struct tokenizer *loaded;
static struct encoder encoder;
static bool can_unpack;

static void unload(void)
{
    if (loaded) encoder_release(&encoder);
    tokenizer_close(loaded);
    loaded = NULL;
    loaded_name[0] = '\0';
}

/* Each is loaded once, as the golden rows come in their order. */
static bool load(const char *name)
{
    struct buffer json = {0};
    struct err err;
    bool good;

    if (strcmp(name, loaded_name) == 0) return loaded != NULL;
    if (!can_unpack && strncmp(name, "small-", 6) != 0) {
        SKIP("xz is not installed: only the small tokenizers were tried");
        return false;
    }
    unload();
    snprintf(loaded_name, sizeof loaded_name, "%s", name);
    good = golden_tokenizer(name, &json, &err) &&
           tokenizer_load_bytes(&loaded, (struct text){json.at, json.len}, name, &err);
    check_claim(good, __FILE__, __LINE__, "%s: %s", name, good ? "" : err.text);
    if (good) encoder_init(&encoder, loaded);
    buffer_release(&json);
    return good;
}

static bool same_ids(const struct ids *got, const json_t *want)
{
    if (got->count != json_array_size(want)) return false;
    for (size_t i = 0; i < got->count; i++)
        if (got->at[i] != (token_id)json_integer_value(json_array_get(want, i))) return false;
    return true;
}

static bool same_text(const struct buffer *got, const json_t *want)
{
    size_t len = json_string_length(want);

    return got->len == len && (len == 0 || memcmp(got->at, json_string_value(want), len) == 0);
}

static bool encodes(const json_t *row, const char *member, bool special, bool plain,
                    struct ids *ids)
{
    const json_t *text = json_object_get(row, "text");
    struct err err;

    ids->count = 0;
    encoder.plain_special = plain;
    return tokenizer_encode(&encoder,
                            (struct text){json_string_value(text), json_string_length(text)},
                            special, ids, &err) &&
           same_ids(ids, json_object_get(row, member));
}

/* All at once and one by one give the same. */
static bool decodes(const json_t *row, const char *member, bool skip, const struct ids *ids)
{
    struct buffer whole = {0}, parts = {0};
    struct detokenizer detokenizer;
    bool good;

    tokenizer_decode(loaded, ids->at, ids->count, skip, &whole);
    detokenizer_init(&detokenizer, loaded, skip);
    for (size_t i = 0; i < ids->count; i++) detokenizer_add(&detokenizer, ids->at[i], &parts);
    detokenizer_end(&detokenizer, &parts);
    good = same_text(&whole, json_object_get(row, member)) &&
           same_text(&parts, json_object_get(row, member));
    buffer_release(&whole);
    buffer_release(&parts);
    return good;
}

static void check_row(size_t line, const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "tokenizer"));
    struct ids ids = {0};
    const char *wrong = NULL;

    if (!load(name)) return;
    if (!encodes(row, "special", true, false, &ids)) wrong = "special";
    if (!encodes(row, "plain", false, true, &ids)) wrong = "plain";
    if (!encodes(row, "ids", false, false, &ids)) wrong = "ids";
    if (!decodes(row, "kept", false, &ids)) wrong = "kept";
    if (!decodes(row, "skipped", true, &ids)) wrong = "skipped";
    check_claim(!wrong, __FILE__, __LINE__, "line %zu: %s: other '%s'", line, name, wrong);
    ids_release(&ids);
}

TEST(golden_ids)
{
    FILE *file = fopen("tests/golden/tokens/ids.jsonl", "r");
    char *line = NULL;
    size_t room = 0, number = 0;

    if (!CHECK(file != NULL)) return;
    while (getline(&line, &room, file) > 0) {
        json_t *row = json_loads(line, JSON_ALLOW_NUL, NULL);

        check_row(++number, row);
        json_decref(row);
    }
    CHECK(number > 500);
    free(line);
    fclose(file);
    unload();
}

/* What is handed out early is whole characters, and all of them. */
TEST(streams_are_whole)
{
    const struct text text =
        TEXT("\xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x91\xa8\xe2\x80\x8d caf\xc3\xa9");
    static const char *const names[] = {"small-qwen2", "small-legacy"};
    struct err err;

    for (size_t n = 0; n < 2; n++) {
        struct ids ids = {0};
        struct buffer out = {0};
        struct detokenizer detokenizer;

        if (!load(names[n])) return;
        CHECK(tokenizer_encode(&encoder, text, false, &ids, &err));
        detokenizer_init(&detokenizer, loaded, false);
        for (size_t i = 0; i < ids.count; i++) {
            detokenizer_add(&detokenizer, ids.at[i], &out);
            CHECK(out.len <= text.len && memcmp(out.at ? out.at : "", text.at, out.len) == 0);
            CHECK(out.len == text.len || (text.at[out.len] & 0xc0) != 0x80);
        }
        detokenizer_end(&detokenizer, &out);
        CHECK_INT(out.len, text.len);
        ids_release(&ids);
        buffer_release(&out);
    }
    unload();
}

TEST(broken_characters)
{
    struct buffer out = {0};
    token_id id, ids[2];

    if (!load("small-gpt2")) return;
    CHECK(tokenizer_id(loaded, TEXT("\xc3\xa2"), &id)); /* the byte e2 */
    ids[0] = id;
    CHECK(tokenizer_id(loaded, TEXT("a"), &ids[1]));
    tokenizer_decode(loaded, ids, 2, false, &out);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, "\xef\xbf\xbd"
                       "a");
    out.len = 0;
    tokenizer_decode(loaded, ids, 1, false, &out);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, "\xef\xbf\xbd");
    buffer_release(&out);
    unload();
}

static void check_token(const char *written, const char *piece, bool special)
{
    struct buffer out = {0};
    token_id id = 0;
    struct text got;

    CHECK(tokenizer_id(loaded, text_of(written), &id));
    CHECK(tokenizer_token(loaded, id, &out));
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, written);
    got = tokenizer_piece(loaded, id);
    CHECK(text_is(got, piece));
    CHECK(tokenizer_is_special(loaded, id) == special);
    buffer_release(&out);
}

TEST(questions)
{
    struct buffer out = {0};
    token_id id;

    if (!load("small-qwen2")) return;
    check_token("\xc4\xa0t", " t", false);
    check_token("<s>", "<s>", true);
    check_token("new tok", "new tok", false);
    CHECK(!tokenizer_id(loaded, TEXT("no such token"), &id));
    CHECK(!tokenizer_id(loaded, TEXT("\xff"), &id));
    CHECK(!tokenizer_token(loaded, (token_id)tokenizer_size(loaded), &out));
    CHECK_INT(tokenizer_piece(loaded, 1 << 20).len, 0);
    CHECK(!tokenizer_is_special(loaded, 1 << 20));
    CHECK(tokenizer_bos(loaded) == TOKEN_NONE && tokenizer_unk(loaded) == TOKEN_NONE);
    if (!load("small-legacy")) return;
    check_token("\xe2\x96\x81t", " t", false);
    check_token("<0x0A>", "\n", false);
    CHECK(tokenizer_id(loaded, TEXT("<s>"), &id) && tokenizer_bos(loaded) == id);
    CHECK_INT(tokenizer_unk(loaded), 0);
    unload();
}

TEST(text_that_is_not_utf8)
{
    struct ids ids = {0};
    struct err err;

    if (!load("small-gpt2")) return;
    CHECK(!tokenizer_encode(&encoder, TEXT("ab\xff"), true, &ids, &err));
    CHECK_TEXT(err.text, "byte 3 of the text is not UTF-8");
    CHECK(!tokenizer_encode(&encoder, TEXT("caf\xc3"), true, &ids, &err));
    CHECK_TEXT(err.text, "byte 4 of the text is not UTF-8");
    CHECK_INT(ids.count, 0);
    unload();
}

static bool configure(const char *config, struct err *err)
{
    return tokenizer_configure(loaded, text_of(config), "config", err);
}

static size_t length_of_nothing(void)
{
    struct ids ids = {0};
    struct err err;
    size_t count;

    CHECK(tokenizer_encode(&encoder, TEXT(""), true, &ids, &err));
    count = ids.count;
    ids_release(&ids);
    return count;
}

TEST(configuration)
{
    struct err err = {""};
    token_id id;

    if (!load("small-qwen2")) return;
    CHECK(tokenizer_id(loaded, TEXT("<|end|>"), &id));
    CHECK(configure("{\"bos_token\":null,\"eos_token\":\"<|end|>\",\"pad_token\":{\"content\":"
                    "\"</s>\",\"lstrip\":false},\"add_bos_token\":true}",
                    &err));
    CHECK(tokenizer_eos(loaded) == id && tokenizer_pad(loaded) != TOKEN_NONE);
    CHECK_INT(length_of_nothing(), 0); /* not of the class whose flags count */
    CHECK(configure("{\"tokenizer_class\":\"LlamaTokenizerFast\",\"bos_token\":\"<s>\","
                    "\"add_eos_token\":true}",
                    &err));
    CHECK_INT(length_of_nothing(), 2);
    CHECK(configure("{\"tokenizer_class\":\"LlamaTokenizer\",\"add_bos_token\":false}", &err));
    CHECK_INT(length_of_nothing(), 0);
    CHECK(!configure("{\"bos_token\":\"<none>\"}", &err));
    CHECK_TEXT(err.text, "config: 'bos_token' is no token");
    CHECK(!configure("{\"eos_token\":{\"content\":\"<none>\"}}", &err));
    CHECK_TEXT(err.text, "config: 'eos_token': its 'content' is no token");
    CHECK(!configure("[1]", &err));
    CHECK_TEXT(err.text, "config: an array where an object must stand");
    CHECK(!configure("{\"add_bos_token\":1}", &err));
    CHECK_TEXT(err.text, "config: 'add_bos_token' is a number, not true or false");
    unload();
    if (!load("small-gpt2")) return;
    CHECK(!configure("{\"tokenizer_class\":\"LlamaTokenizer\"}", &err));
    CHECK_TEXT(err.text, "config: 'add_bos_token' without a 'bos_token'");
    unload();
}

int main(void)
{
    can_unpack = system("xz --version > /dev/null 2>&1") == 0; // NOLINT: looked for in PATH
    RUN(golden_ids);
    RUN(streams_are_whole);
    RUN(broken_characters);
    RUN(questions);
    RUN(text_that_is_not_utf8);
    RUN(configuration);
    return check_end();
}
