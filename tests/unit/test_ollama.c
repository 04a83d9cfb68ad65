/* Ollama's store, made by hand: names, manifests, blobs. */
#include "place/ollama.h"

#include "check.h"
#include "place/ollama_name.h"
#include "unit/files.h"

#include <stdlib.h>

static struct err err;

#define HEX "aaaabbbbccccddddeeeeffff0000111122223333444455556666777788889999"
#define IMAGE "application/vnd.ollama.image."
#define LAYER(kind, more) "{\"mediaType\":\"" IMAGE kind "\"" more "}"
#define DIGEST ",\"digest\":\"sha256:" HEX "\""
#define MANIFEST(layers) "{\"schemaVersion\":2,\"layers\":[" layers "]}"
#define HOST "registry.ollama.ai"

TEST(names)
{
    static const struct {
        const char *text, *host, *space, *model, *tag;
    } cases[] = {
        {"tiny", HOST, "library", "tiny", "latest"},
        {"tiny:v1", HOST, "library", "tiny", "v1"},
        {"me/tiny:v1", HOST, "me", "tiny", "v1"},
        {"my.host:5000/me/ti_ny.x:v-1.0", "my.host:5000", "me", "ti_ny.x", "v-1.0"},
        {"h/me/tiny", "h", "me", "tiny", "latest"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ollama_name name;

        if (!CHECK(ollama_name_parse(&name, cases[i].text, &err))) continue;
        CHECK_TEXT(name.host, cases[i].host);
        CHECK_TEXT(name.space, cases[i].space);
        CHECK_TEXT(name.model, cases[i].model);
        CHECK_TEXT(name.tag, cases[i].tag);
    }
}

TEST(bad_names)
{
    static const char *const names[] = {
        "",
        ":v1",
        "tiny:",
        "-tiny",
        "..",
        "../tiny",
        "a/../tiny",
        "/tiny",
        "me/",
        "//tiny",
        "a/b/c/d",
        "ti ny",
        "tiny:v/1",
        "tiny:..",
        "m.e/t",
        "tiny\n",
        "ti:n:y",
        "a/b/c/..",
        "h/m.e/t",
        ("tiny:\xc3\xa9"),
        "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ollama_name name;
        char want[512];

        check_claim(!ollama_name_parse(&name, names[i], &err), __FILE__, __LINE__,
                    "'%s' was taken for a name", names[i]);
        snprintf(want, sizeof want, "ollama:%s: not a name of a model: [HOST/][SPACE/]MODEL[:TAG]",
                 names[i]);
        CHECK_TEXT(err.text, want);
    }
}

TEST(manifest)
{
    char digest[OLLAMA_DIGEST + 1];
    uint64_t size;

    CHECK(ollama_manifest(
        TEXT(MANIFEST(LAYER("license", "") "," LAYER(
            "model", DIGEST ",\"size\":7") ",{\"mediaType\":\"text\",\"digest\":\"x\"}")),
        "m", digest, &size, &err));
    CHECK_TEXT(digest, HEX);
    CHECK_INT(size, 7);
    CHECK(ollama_manifest(TEXT(MANIFEST(LAYER("model", ",\"digest\":\"sha256-" HEX "\""))), "m",
                          digest, &size, &err));
    CHECK(size == UINT64_MAX);
}

TEST(bad_manifests)
{
    static const struct {
        const char *json, *want;
    } cases[] = {
        {"", "m:1: '[' or '{' expected near end of file"},
        {"{}", "m: 'layers' is missing"},
        {"{\"layers\":{}}", "m: 'layers' is not a list"},
        {MANIFEST(""), "m: there is no model in it"},
        {MANIFEST("1"), "m: 'layers' holds what is no object"},
        {MANIFEST(LAYER("license", DIGEST)), "m: there is no model in it"},
        {MANIFEST(LAYER("model", DIGEST) "," LAYER("model", DIGEST)),
         "m: the model is in several files"},
        {MANIFEST(LAYER("model", DIGEST) "," LAYER("adapter", DIGEST)),
         "m: the model has an adapter beside it, which would be left out"},
        {MANIFEST(LAYER("tensor", DIGEST)), "m: the model is stored as tensors, not as GGUF"},
        {MANIFEST(LAYER("model", "")), "m: 'layers.digest' is not sha256:HEX"},
        {MANIFEST(LAYER("model", ",\"digest\":7")), "m: 'layers.digest' is not a string"},
        {MANIFEST(LAYER("model", ",\"digest\":\"sha256:../../x\"")),
         "m: 'layers.digest' is not sha256:HEX"},
        {MANIFEST(LAYER("model", ",\"digest\":\"sha256:" HEX "0\"")),
         "m: 'layers.digest' is not sha256:HEX"},
        {MANIFEST(LAYER("model", ",\"digest\":\"sha512:" HEX "\"")),
         "m: 'layers.digest' is not sha256:HEX"},
        {MANIFEST(LAYER("model", DIGEST ",\"size\":-1")),
         "m: 'layers.size' is not a whole number from 0"},
        {MANIFEST("{\"mediaType\":1}"), "m: 'layers.mediaType' is not a string"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char digest[OLLAMA_DIGEST + 1];
        uint64_t size;

        CHECK(!ollama_manifest(text_of(cases[i].json), "m", digest, &size, &err));
        CHECK_TEXT(err.text, cases[i].want);
    }
}

#define TINY "store/manifests/" HOST "/library/Tiny/"

static void use(void)
{
    setenv("OLLAMA_MODELS", files_path("store"), 1);
    files_text(TINY "latest", MANIFEST(LAYER("model", DIGEST ",\"size\":4")));
    files_text(TINY "v1", MANIFEST(LAYER("model", DIGEST ",\"size\":5")));
    files_text("store/blobs/sha256-" HEX, "GGUF");
}

TEST(found_in_any_case)
{
    static const char *const names[] = {"tiny", "TINY:Latest", "Library/tiny",
                                        "Registry.Ollama.AI/library/Tiny:latest"};

    use();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = NULL;

        if (!check_claim(ollama_find(names[i], &path, &err), __FILE__, __LINE__, "%s", err.text))
            continue;
        CHECK_TEXT(path, files_path("store/blobs/sha256-" HEX));
        mem_free(path);
    }
}

/* Both are there: the one that is spelled so is meant. */
TEST(own_case_goes_first)
{
    char *path;

    use();
    files_text("store/manifests/" HOST "/library/tiny/latest", "{}");
    CHECK(!ollama_find("tiny", &path, &err));
    CHECK(strstr(err.text, "library/tiny/latest: 'layers' is missing") != NULL);
    CHECK(ollama_find("Tiny", &path, &err));
    mem_free(path);
}

TEST(not_found)
{
    char want[512], *path;

    use();
    CHECK(!ollama_find("tiny2:v1", &path, &err));
    snprintf(want, sizeof want,
             "ollama:tiny2:v1: 'tiny2:v1' is not in the store %s: fetch it with 'ollama pull "
             "tiny2:v1'",
             files_path("store"));
    CHECK_TEXT(err.text, want);
    CHECK(!ollama_find("Tiny:v1", &path, &err));
    snprintf(want, sizeof want, "ollama:Tiny:v1: %s has 4 bytes, not 5: was it fetched to the end?",
             files_path("store/blobs/sha256-" HEX));
    CHECK_TEXT(err.text, want);
    CHECK(remove(files_path("store/blobs/sha256-" HEX)) == 0);
    CHECK(!ollama_find("Tiny", &path, &err));
    snprintf(want, sizeof want, "ollama:Tiny: %s: No such file or directory",
             files_path("store/blobs/sha256-" HEX));
    CHECK_TEXT(err.text, want);
}

TEST(where_the_store_is)
{
    char *path;

    unsetenv("OLLAMA_MODELS");
    setenv("HOME", files_path("home"), 1);
    files_text("home/.ollama/models/x", "");
    CHECK(!ollama_find("nothing-like-this", &path, &err));
    CHECK(strstr(err.text, files_path("home/.ollama/models:")) != NULL);
    setenv("HOME", files_path("empty"), 1);
    CHECK(!ollama_find("nothing-like-this", &path, &err));
    CHECK(strstr(err.text, " /usr/share/ollama/.ollama/models:") != NULL);
}

int main(void)
{
    RUN(names);
    RUN(bad_names);
    RUN(manifest);
    RUN(bad_manifests);
    RUN(found_in_any_case);
    RUN(own_case_goes_first);
    RUN(not_found);
    RUN(where_the_store_is);
    return check_end();
}
