/* Which kind of name a name is, and what is no model. */
#include "place/locate.h"

#include "check.h"
#include "unit/files.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define HEX "aaaabbbbccccddddeeeeffff0000111122223333444455556666777788889999"

static struct err err;

static void check_place(const char *name, const char *path, bool is_gguf)
{
    struct place place;

    if (!check_claim(locate_model(&place, name, &err), __FILE__, __LINE__, "%s", err.text)) return;
    CHECK_TEXT(place.path, path);
    CHECK(place.is_gguf == is_gguf);
    place_release(&place);
}

static void check_refused(const char *name, const char *want)
{
    const char *root = files_path("");
    struct place place;

    CHECK(!locate_model(&place, name, &err) && !place.path);
    CHECK_TEXT(strncmp(err.text, root, strlen(root)) == 0 ? err.text + strlen(root) : err.text,
               want);
}

TEST(folders_and_files)
{
    files_text("folder/x", "");
    check_place(files_path("folder"), files_path("folder"), false);
    check_place(files_text("x.bin", "GGUF and more"), files_path("x.bin"), true);
    check_refused("", "the name of the model is empty");
    check_refused(files_text("short", "GGU"),
                  "short: not a GGUF file: a model is a folder, a GGUF file or a name");
    check_refused(files_text("m.safetensors", "12345678{}"),
                  "m.safetensors: weights alone are no model: give the folder they lie in");
    CHECK(mkfifo(files_path("pipe"), 0600) == 0);
    check_refused(files_path("pipe"), "pipe: neither a folder nor a regular file");
    CHECK(symlink("loop", files_path("loop")) == 0);
    check_refused(files_path("loop"), "loop: Too many levels of symbolic links");
}

TEST(names)
{
    setenv("HF_HUB_CACHE", files_path("hub"), 1);
    setenv("OLLAMA_MODELS", files_path("store"), 1);
    files_text("hub/models--org--name/refs/main", COMMIT);
    files_text("hub/models--org--name/snapshots/" COMMIT "/config.json", "{}");
    check_place("org/name", files_path("hub/models--org--name/snapshots/" COMMIT), false);
    files_text("store/manifests/registry.ollama.ai/library/tiny/latest",
               "{\"layers\":[{\"mediaType\":\"application/vnd.ollama.image.model\",\"digest\":"
               "\"sha256:" HEX "\"}]}");
    files_text("store/blobs/sha256-" HEX, "GGUF");
    check_place("ollama:tiny", files_path("store/blobs/sha256-" HEX), true);
    files_text("store/blobs/sha256-" HEX, "safe");
    check_refused("ollama:tiny", "store/blobs/sha256-" HEX ": not a GGUF file: a model is a "
                                 "folder, a GGUF file or a name");
    check_refused("ollama:a/b/c/d",
                  "ollama:a/b/c/d: not a name of a model: [HOST/][SPACE/]MODEL[:TAG]");
    check_refused("./name", "./name: there is no such folder or file");
}

/* What lies here goes before what has that name elsewhere. */
TEST(here_goes_first)
{
    setenv("HF_HUB_CACHE", files_path("hub"), 1);
    files_text("org/name/config.json", "{}");
    CHECK(chdir(files_path("")) == 0);
    check_place("org/name", "org/name", false);
}

int main(void)
{
    RUN(folders_and_files);
    RUN(names);
    RUN(here_goes_first);
    return check_end();
}
