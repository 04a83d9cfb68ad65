/* Names in the hub's cache, one made by hand. */
#include "place/hub.h"

#include "check.h"
#include "core/memory.h"
#include "unit/files.h"

#include <stdlib.h>
#include <unistd.h>

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define OTHER "89abcdef0123456789abcdef0123456789abcdef"

static struct err err;

static void forget(void)
{
    unsetenv("HF_HUB_CACHE");
    unsetenv("HUGGINGFACE_HUB_CACHE");
    unsetenv("HF_HOME");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
}

/* The cache of all tests but the first. */
static void use(void)
{
    forget();
    setenv("HF_HUB_CACHE", files_path("hub"), 1);
    files_text("hub/models--org--name/refs/main", COMMIT);
    files_text("hub/models--org--name/refs/pr/1", OTHER "\n");
    files_text("hub/models--org--name/refs/broken", "../../../etc");
    files_text("hub/models--org--name/refs/gone", "ffffffffffffffffffffffffffffffffffffffff");
    files_text("hub/models--org--name/snapshots/" COMMIT "/config.json", "{}");
    files_text("hub/models--org--name/snapshots/" OTHER "/config.json", "{}");
    files_text("hub/models--gpt2/refs/main", OTHER);
    files_text("hub/models--gpt2/snapshots/" OTHER "/config.json", "{}");
}

TEST(where_the_cache_is)
{
    static const struct {
        const char *variable, *value, *want;
    } cases[] = {
        {"HOME", "/h", "/h/.cache/huggingface/hub"},
        {"XDG_CACHE_HOME", "/x", "/x/huggingface/hub"},
        {"HF_HOME", "/f", "/f/hub"},
        {"HUGGINGFACE_HUB_CACHE", "/old", "/old"},
        {"HF_HUB_CACHE", "/new", "/new"},
    };

    forget();
    CHECK(!hub_cache());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path;

        setenv(cases[i].variable, cases[i].value, 1);
        path = hub_cache();
        CHECK_TEXT(path, cases[i].want);
        mem_free(path);
    }
    setenv("HF_HUB_CACHE", "", 1);
    {
        char *path = hub_cache();

        CHECK_TEXT(path, "/old");
        mem_free(path);
    }
}

TEST(found)
{
    static const struct {
        const char *name, *want;
    } cases[] = {
        {"org/name", "hub/models--org--name/snapshots/" COMMIT},
        {"org/name@main", "hub/models--org--name/snapshots/" COMMIT},
        {"org/name@pr/1", "hub/models--org--name/snapshots/" OTHER},
        {"org/name@" OTHER, "hub/models--org--name/snapshots/" OTHER},
        {"gpt2", "hub/models--gpt2/snapshots/" OTHER},
    };

    use();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = NULL;

        if (!check_claim(hub_find(cases[i].name, &path, &err), __FILE__, __LINE__, "%s", err.text))
            continue;
        CHECK_TEXT(path, files_path(cases[i].want));
        mem_free(path);
    }
}

#define NOWHERE ": there is no such folder or file"

TEST(not_found)
{
    static const struct {
        const char *name, *want;
    } cases[] = {
        {"org/other", "org/other: neither a folder or file here nor "
                      "%s/models--org--other in the hub's cache: fetch it with "
                      "'dpo-pull org/other'"},
        {"org/name@v2", "org/name@v2: no revision 'v2' in %s/models--org--name: fetch it with "
                        "'dpo-pull org/name@v2'"},
        {"org/name@gone",
         "org/name@gone: %s/models--org--name/snapshots/ffffffffffffffffffffffffffffffffffffffff "
         "is "
         "not there: fetch it with 'dpo-pull org/name@gone'"},
        {"org/name@broken", "%s/models--org--name/refs/broken: not the number of a commit"},
        {"org/name@", "org/name@: '' is not the name of a revision"},
        {"org/name@../main", "org/name@../main: '../main' is not the name of a revision"},
        {"org/name@a//b", "org/name@a//b: 'a//b' is not the name of a revision"},
        {"org/name@/etc", "org/name@/etc: '/etc' is not the name of a revision"},
        {"../name", "../name" NOWHERE},
        {"org/..", "org/.." NOWHERE},
        {"a/b/c", "a/b/c" NOWHERE},
        {"/abs/path", "/abs/path" NOWHERE},
        {"org--name", "org--name" NOWHERE},
        {"or g", "or g" NOWHERE},
        {"name.", "name." NOWHERE},
        {"@main", "@main" NOWHERE},
    };

    use();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *gap = strstr(cases[i].want, "%s");
        char want[sizeof err.text], *path;

        CHECK(!hub_find(cases[i].name, &path, &err));
        snprintf(want, sizeof want, "%.*s%s%s",
                 gap ? (int)(gap - cases[i].want) : (int)strlen(cases[i].want), cases[i].want,
                 gap ? files_path("hub") : "", gap ? gap + 2 : "");
        CHECK_TEXT(err.text, want);
    }
    forget();
    CHECK(!hub_find("org/name", &(char *){NULL}, &err));
    CHECK_TEXT(err.text, "org/name" NOWHERE ", and neither HF_HOME nor HOME says where the hub's "
                         "cache is");
}

/* A snapshot that is a link, or a ref that leads away, is not followed. */
TEST(links)
{
    char *path;

    use();
    files_text("away/config.json", "{}");
    files_text("commit", COMMIT);
    CHECK(symlink("../../../away", files_path("hub/models--org--name/snapshots/"
                                              "cccccccccccccccccccccccccccccccccccccccc")) == 0);
    CHECK(!hub_find("org/name@cccccccccccccccccccccccccccccccccccccccc", &path, &err));
    CHECK(strstr(err.text, "is not there") != NULL);
    CHECK(symlink("../../../commit", files_path("hub/models--org--name/refs/away")) == 0);
    CHECK(!hub_find("org/name@away", &path, &err));
    CHECK(strstr(err.text, "leads out of the model's folder") != NULL);
}

TEST(where_a_repository_is_put)
{
    char *path;

    use();
    CHECK(hub_repository("new/one", &path, &err));
    CHECK_TEXT(path, files_path("hub/models--new--one"));
    mem_free(path);
    CHECK(!hub_repository("../one", &path, &err));
    CHECK_TEXT(err.text, "'../one' is not the name of a model: [ORGANISATION/]NAME");
    forget();
    CHECK(!hub_repository("new/one", &path, &err));
    CHECK_TEXT(err.text, "neither HF_HOME nor HOME says where the hub's cache is");
    CHECK(hub_is_name("new/one") && !hub_is_name("a/b/c") && !hub_is_name("a--b"));
    CHECK(hub_is_revision("pr/1") && !hub_is_revision("../x"));
    CHECK(hub_is_commit(COMMIT) && !hub_is_commit("main"));
}

int main(void)
{
    RUN(where_the_cache_is);
    RUN(found);
    RUN(not_found);
    RUN(links);
    RUN(where_a_repository_is_put);
    return check_end();
}
