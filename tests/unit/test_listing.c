/* Lists of repositories, which files are wanted of them, and tokens. */
#include "pull/listing.h"

#include "check.h"
#include "pull/token.h"
#include "pull/wanted.h"
#include "unit/files.h"

#include <stdlib.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define SHA "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
#define HEAD "{\"sha\":\"" COMMIT "\",\"siblings\":["

static struct listing listing;
static struct wanted wanted;
static struct err err;

static bool parse(const char *json)
{
    listing_release(&listing);
    err.text[0] = '\0';
    return listing_parse(&listing, text_of(json), "list", &err);
}

/* A list of these names, with commas between them. */
static void list_of(const char *names)
{
    struct buffer json = {0};

    buffer_text(&json, HEAD);
    for (const char *at = names; *at;) {
        const size_t len = strcspn(at, ",");

        buffer_format(&json, "%s{\"rfilename\":\"%.*s\"}", at == names ? "" : ",", (int)len, at);
        at += len + (at[len] == ',');
    }
    buffer_text(&json, "]}");
    buffer_byte(&json, '\0');
    CHECK(parse(json.at));
    buffer_release(&json);
}

TEST(a_list)
{
    CHECK(parse(HEAD "{\"rfilename\":\"m.safetensors\",\"size\":1,\"blobId\":\"" COMMIT
                     "\",\"lfs\":{\"sha256\":\"" SHA "\",\"size\":77}},"
                     "{\"rfilename\":\"config.json\",\"size\":5,\"blobId\":\"" COMMIT "\"},"
                     "{\"rfilename\":\"a/b\"},{\"rfilename\":\"o\",\"lfs\":{\"oid\":\"" SHA
                     "\"}}]}"));
    CHECK_TEXT(listing.commit, COMMIT);
    CHECK_INT(listing.count, 4);
    CHECK_TEXT(listing.files[0].name, "a/b");
    CHECK(!listed_digest(&listing.files[0]) && listing.files[0].size == LISTING_UNKNOWN);
    CHECK_TEXT(listed_digest(&listing.files[1]), COMMIT);
    CHECK_INT(listing.files[2].size, 77);
    CHECK_TEXT(listed_digest(&listing.files[2]), SHA);
    CHECK_TEXT(listing.files[3].etag, SHA);
    CHECK(listing_find(&listing, "config.json") == &listing.files[1]);
    CHECK(!listing_find(&listing, "config"));
}

TEST(names_left_out)
{
    CHECK(parse(HEAD
                "{\"rfilename\":\"../a\"},{\"rfilename\":\"/a\"},{\"rfilename\":\"a/../b\"},"
                "{\"rfilename\":\"a//b\"},{\"rfilename\":\"a/\"},{\"rfilename\":\"\"},"
                "{\"rfilename\":\".git\"},{\"rfilename\":\"a\\\\b\"},{\"rfilename\":\"a\\nb\"},"
                "{\"other\":1},{\"rfilename\":\"a b\"}]}"));
    CHECK_INT(listing.count, 1);
    CHECK_TEXT(listing.files[0].name, "a b");
}

TEST(refused)
{
    static const struct {
        const char *json, *want;
    } cases[] = {
        {"{\"siblings\":[]}", "list: 'sha' is not the number of a commit"},
        {"{\"sha\":\"main\",\"siblings\":[]}", "list: 'sha' is not the number of a commit"},
        {"{\"sha\":\"" COMMIT "\"}", "list: 'siblings' is missing"},
        {HEAD "1]}", "list: 'siblings' holds something that is not an object"},
        {HEAD "{\"rfilename\":\"a\"},{\"rfilename\":\"a\"}]}",
         "list: 'siblings' names a file twice"},
        {HEAD "{\"rfilename\":\"a\",\"blobId\":\"../x\"}]}", NULL},
        {HEAD "{\"rfilename\":\"a\",\"size\":-1}]}", NULL},
        {HEAD "{\"rfilename\":\"a\",\"lfs\":1}]}", NULL},
        {"[]", NULL},
        {"<html>", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(!parse(cases[i].json));
        if (cases[i].want) CHECK_TEXT(err.text, cases[i].want);
        CHECK(strncmp(err.text, "list:", 5) == 0);
    }
}

TEST(etags)
{
    static const struct {
        const char *etag, *want;
    } cases[] = {
        {"\"" SHA "\"", SHA}, {"W/\"abc-1\"", "abc-1"}, {"abc", "abc"},    {"\"\"", NULL},
        {"\"a/b\"", NULL},    {"\"..\"", NULL},         {"\"a b\"", NULL},
    };
    struct listed file = {.size = 1};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_INT(listed_set_etag(&file, cases[i].etag), cases[i].want != NULL);
        CHECK_TEXT(file.etag, cases[i].want ? cases[i].want : "");
    }
    CHECK(listed_set_etag(&file, "\"" COMMIT "\""));
    CHECK_TEXT(listed_digest(&file), COMMIT);
    file.size = LISTING_UNKNOWN;
    CHECK(!listed_digest(&file));
    CHECK(listed_set_etag(&file, "\"short\"") && !listed_digest(&file));
}

TEST(what_is_wanted)
{
    static const struct {
        const char *names, *want; /* the last one that is wanted */
        size_t count;
        bool indexed;
    } cases[] = {
        {"README.md,config.json,model.safetensors,pytorch_model.bin,tokenizer.json",
         "model.safetensors", 3, false},
        {"config.json,model.safetensors,model.safetensors.index.json", "model.safetensors", 2,
         false},
        {"config.json,consolidated.safetensors,model.safetensors.index.json",
         "model.safetensors.index.json", 2, true},
        {"adapter_config.json,adapter_model.safetensors", "adapter_model.safetensors", 2, false},
        {"config.json,q/m.gguf", "q/m.gguf", 1, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        list_of(cases[i].names);
        CHECK(wanted_model(&wanted, &listing, "o/n", &err));
        CHECK_INT(wanted.count, cases[i].count);
        CHECK_INT(wanted.indexed, cases[i].indexed);
        CHECK_TEXT(listing.files[wanted.files[wanted.count - 1]].name, cases[i].want);
        wanted_release(&wanted);
    }
    CHECK(!wanted_file(&wanted, &listing, "o/n", "config", &err));
    CHECK_TEXT(err.text, "o/n: there is no file 'config' (see --list)");
    list_of("a.gguf,b.gguf");
    CHECK(!wanted_model(&wanted, &listing, "o/n", &err));
    CHECK_TEXT(err.text, "o/n: 2 GGUF files, of which one must be named: o/n:a.gguf (see --list)");
    list_of("config.json,consolidated.00.pth");
    CHECK(!wanted_model(&wanted, &listing, "o/n", &err));
    CHECK(strstr(err.text, "o/n: its weights are there as pickles alone"));
    wanted_release(&wanted);
    list_of("config.json");
    CHECK(!wanted_model(&wanted, &listing, "o/n", &err));
    CHECK_TEXT(err.text, "o/n: no weights, neither as safetensors nor as GGUF");
    wanted_release(&wanted);
}

TEST(shards)
{
    const char *path =
        files_text("index", "{\"weight_map\":{\"a\":\"x.safetensors\",\"b\":\"y.safetensors\"}}");

    list_of("x.safetensors,y.safetensors,z.safetensors");
    CHECK(wanted_shards(&wanted, &listing, path, &err));
    CHECK_INT(wanted.count, 2);
    wanted_release(&wanted);
    list_of("x.safetensors");
    CHECK(!wanted_shards(&wanted, &listing, path, &err));
    CHECK(strstr(err.text, "/index: names 'y.safetensors', which the repository does not have"));
    wanted_release(&wanted);
    files_text("index", "{\"weight_map\":{\"a\":\"../x.safetensors\"}}");
    CHECK(!wanted_shards(&wanted, &listing, path, &err));
    CHECK(strncmp(err.text, path, strlen(path)) == 0);
}

static void check_token(const char *file, const char *want)
{
    char *token = NULL;

    CHECK(token_find(file, &token, &err));
    if (want)
        CHECK_TEXT(token, want);
    else
        CHECK(!token);
    mem_free(token);
}

TEST(tokens)
{
    char *token;

    unsetenv("HF_TOKEN");
    unsetenv("HUGGING_FACE_HUB_TOKEN");
    unsetenv("HF_TOKEN_PATH");
    setenv("HF_HOME", files_path("home"), 1);
    check_token(NULL, NULL);
    files_text("home/token", " hf_login\r\n");
    check_token(NULL, "hf_login");
    setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "Yes", 1);
    check_token(NULL, NULL);
    setenv("HUGGING_FACE_HUB_TOKEN", "hf_old", 1);
    check_token(NULL, "hf_old");
    setenv("HF_TOKEN", " ", 1);
    check_token(NULL, "hf_old");
    setenv("HF_TOKEN", "hf_new\n", 1);
    check_token(NULL, "hf_new");
    check_token(files_text("given", "hf_given"), "hf_given");
    setenv("HF_TOKEN", "a\r\nX-Other: b", 1);
    CHECK(!token_find(NULL, &token, &err));
    CHECK_TEXT(err.text, "HF_TOKEN: not a token: it holds characters that none has");
    CHECK(!token_find(files_text("blank", " \n"), &token, &err));
    CHECK(strstr(err.text, "/blank: holds no token"));
    CHECK(!token_find(files_text("two", "a b"), &token, &err));
    CHECK(!token_find(files_path("absent"), &token, &err));
}

int main(void)
{
    RUN(a_list);
    RUN(names_left_out);
    RUN(refused);
    RUN(etags);
    RUN(what_is_wanted);
    RUN(shards);
    RUN(tokens);
    listing_release(&listing);
    return check_end();
}
