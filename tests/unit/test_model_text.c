/* What tokenising needs of a model, and that it needs no more. */
#include "model/model_text.h"

#include "check.h"
#include "unit/files.h"
#include "unit/gguf_file.h"

#include <stdlib.h>
#include <unistd.h>

static struct err err;

static const char *words(void)
{
    const char *root = files_path("");
    const size_t len = strlen(root);

    return strncmp(err.text, root, len) == 0 ? err.text + len : err.text;
}

static bool open_text(struct model_text *text, const char *name)
{
    return check_claim(model_text_open(text, name, &err), __FILE__, __LINE__, "%s", err.text);
}

TEST(tokenizer_alone)
{
    struct model_text text;

    files_text("alone/tokenizer.json", "{\"a\":1}");
    if (!open_text(&text, files_path("alone"))) return;
    CHECK(text.files[TEXT_TOKENIZER].len == 7 && !text.has_gguf);
    CHECK(memcmp(text.files[TEXT_TOKENIZER].at, "{\"a\":1}", 7) == 0);
    CHECK_TEXT(text.files[TEXT_TOKENIZER].path, files_path("alone/tokenizer.json"));
    CHECK(!text.files[TEXT_TOKENIZER_CONFIG].path && !text.files[TEXT_CONFIG].path);
    model_text_close(&text);
}

TEST(all_files)
{
    struct model_text text;

    files_text("all/tokenizer.json", "1");
    files_text("all/tokenizer_config.json", "22");
    files_text("all/chat_template.jinja", "");
    files_text("all/generation_config.json", "4444");
    files_text("all/config.json", "55555");
    files_text("all/x.gguf", "not looked at");
    if (!open_text(&text, files_path("all"))) return;
    CHECK(text.files[TEXT_TOKENIZER_CONFIG].len == 2 && text.files[TEXT_GENERATION].len == 4);
    CHECK(text.files[TEXT_TEMPLATE].path && text.files[TEXT_TEMPLATE].len == 0);
    CHECK(text.files[TEXT_CONFIG].len == 5 && !text.has_gguf);
    model_text_close(&text);
}

TEST(gguf)
{
    struct buffer bytes = {0};
    struct model_text text;
    const char *path;

    gguf_file_add(&bytes, "GGUF 4:3 8:0 8:1 'key' 4:4 4:7");
    path = files_write("gguf/x.gguf", bytes.at, bytes.len);
    files_text("gguf/tokenizer_config.json", "{}");
    if (open_text(&text, path)) {
        CHECK(text.has_gguf && gguf_find(&text.gguf, "key") != NULL);
        CHECK(!text.files[TEXT_TOKENIZER_CONFIG].path);
        model_text_close(&text);
    }
    if (open_text(&text, files_path("gguf"))) {
        CHECK(text.has_gguf && gguf_find(&text.gguf, "key") != NULL);
        CHECK(text.files[TEXT_TOKENIZER_CONFIG].len == 2);
        model_text_close(&text);
    }
    buffer_release(&bytes);
}

TEST(refused)
{
    struct model_text text;

    files_text("empty/README.md", "");
    CHECK(!model_text_open(&text, files_path("empty"), &err));
    CHECK_TEXT(words(), "empty: neither 'tokenizer.json' nor a GGUF file");
    CHECK(symlink("gone", files_path("empty/tokenizer.json")) == 0);
    CHECK(!model_text_open(&text, files_path("empty"), &err));
    CHECK_TEXT(words(), "empty/tokenizer.json: what it links to is not there: was it fetched to "
                        "the end?");
    files_text("bad/x.gguf", "GGUF");
    CHECK(!model_text_open(&text, files_path("bad"), &err));
    CHECK_TEXT(words(), "bad/x.gguf: the file ends within its header");
    files_text("bad/.hidden.gguf", "GGUF");
    files_text("bad/y.gguf", "GGUF");
    CHECK(!model_text_open(&text, files_path("bad"), &err));
    CHECK_TEXT(words(), "bad: 2 GGUF files, of which one must be named: 'x.gguf', 'y.gguf'");
}

int main(void)
{
    RUN(tokenizer_alone);
    RUN(all_files);
    RUN(gguf);
    RUN(refused);
    return check_end();
}
