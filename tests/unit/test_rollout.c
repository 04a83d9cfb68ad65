/* A model that gets its names, and what is left when anything fails. */
#include "deploy/rollout.h"
#include "hash/sha256.h"

#include "check.h"
#include "unit/fake_ollama.h"

#include <stdlib.h>

static struct fake_ollama ollama;
static struct server *server;
static struct client client;
static struct rollout rollout;
static struct err err;

static void begin(const char *fault)
{
    server = fake_ollama_serve(&ollama, fault, &client);
}

static void end(void)
{
    client_close(&client);
    server_stop(server);
}

static void open_rollout(const char *name, const char *tag)
{
    const char *const tags[] = {tag};

    CHECK(rollout_open(&rollout, &client, name, tags, tag ? 1 : 0, &err));
}

/* A model of some content has the candidate's name, unless the server loses it. */
static void candidate(const char *content)
{
    struct sha256 sha;
    char hex[65];

    sha256_init(&sha);
    sha256_add(&sha, content, strlen(content));
    sha256_hex(&sha, hex);
    rollout_candidate(&rollout, hex);
    if (!ollama.fault || strcmp(ollama.fault, "lost") != 0)
        fake_ollama_set(&ollama, rollout.candidate, hex);
}

static void deploy(const char *content, bool good)
{
    open_rollout("a/m:v1", "prod");
    candidate(content);
    CHECK(rollout_move(&rollout, &err) == good);
    CHECK(rollout_clear(&rollout, &err));
    rollout_close(&rollout);
}

static const char *digest_of(const char *name)
{
    const char *digest = fake_ollama_digest(&ollama, name);

    return digest ? digest : "none";
}

TEST(names_move)
{
    char first[65], second[65];

    begin(NULL);
    deploy("one", true);
    CHECK_INT(ollama.count, 2);
    snprintf(first, sizeof first, "%s", digest_of("a/m:prod"));
    CHECK_TEXT(digest_of("a/m:v1"), first);
    deploy("one", true);
    CHECK_INT(ollama.count, 2);
    deploy("two", true);
    snprintf(second, sizeof second, "%s", digest_of("a/m:prod"));
    CHECK(strcmp(first, second) != 0);
    CHECK_TEXT(digest_of("a/m:prod-prev"), first);
    CHECK_TEXT(digest_of("a/m:v1-prev"), first);

    open_rollout("a/m", "prod");
    rollout_leave_own(&rollout);
    CHECK(rollout_back(&rollout, &err) && rollout_clear(&rollout, &err));
    CHECK_TEXT(digest_of("a/m:prod"), first);
    CHECK_TEXT(digest_of("a/m:prod-prev"), second);
    CHECK_TEXT(digest_of("a/m:v1"), second);
    CHECK_INT(ollama.count, 4);
    rollout_close(&rollout);
    open_rollout("a/x", NULL);
    CHECK(!rollout_back(&rollout, &err));
    CHECK_TEXT(err.text, "there is no 'a/x:latest-prev' to go back to");
    rollout_close(&rollout);
    end();
}

static bool go_back(void)
{
    bool good;

    open_rollout("a/m", "prod");
    rollout_leave_own(&rollout);
    good = rollout_back(&rollout, &err);
    CHECK(rollout_clear(&rollout, &err) || ollama.dead);
    rollout_close(&rollout);
    return good;
}

/* Wherever a way back was cut off, the next one ends it. */
TEST(ways_back_go_on)
{
    static const char *const cuts[] = {"dead=a/m:prod-swap", "dead=a/m:prod", "dead=a/m:prod-prev"};
    char first[65], second[65];

    for (size_t i = 0; i <= sizeof cuts / sizeof *cuts; i++) {
        begin(NULL);
        deploy("one", true);
        snprintf(first, sizeof first, "%s", digest_of("a/m:prod"));
        deploy("two", true);
        snprintf(second, sizeof second, "%s", digest_of("a/m:prod"));
        if (i < sizeof cuts / sizeof *cuts) {
            ollama.fault = cuts[i];
            CHECK(!go_back());
            ollama.fault = NULL;
        } else {
            CHECK(go_back());
            CHECK(client_copy(&client, "a/m:prod-prev", "a/m:prod-swap", &err));
        }
        CHECK(go_back());
        CHECK_TEXT(digest_of("a/m:prod"), first);
        CHECK_TEXT(digest_of("a/m:prod-prev"), second);
        CHECK_TEXT(digest_of("a/m:prod-swap"), "none");
        end();
    }
}

/* What an old cut left behind says nothing about names that moved since. */
TEST(ways_back_begin_anew)
{
    char second[65];

    begin(NULL);
    deploy("one", true);
    deploy("two", true);
    snprintf(second, sizeof second, "%s", digest_of("a/m:prod"));
    ollama.fault = "dead=a/m:prod-prev";
    CHECK(!go_back());
    ollama.fault = NULL;
    deploy("two", true);
    deploy("three", true);
    CHECK(go_back());
    CHECK_TEXT(digest_of("a/m:prod"), second);
    CHECK_TEXT(digest_of("a/m:prod-swap"), "none");
    end();
}

TEST(names_stay)
{
    char first[65];

    begin(NULL);
    deploy("one", true);
    snprintf(first, sizeof first, "%s", digest_of("a/m:prod"));
    ollama.fault = "copy=a/m:prod";
    deploy("two", false);
    CHECK_TEXT(digest_of("a/m:prod"), first);
    CHECK_TEXT(digest_of("a/m:v1"), first);
    end();
    begin("copy=a/m:prod");
    deploy("two", false);
    CHECK_INT(ollama.count, 0);
    ollama.fault = "lost";
    deploy("two", false);
    end();
}

static const char *const moves[] = {"a/m:v1-kept",   "a/m:v1-prev",   "a/m:v1",
                                    "a/m:prod-kept", "a/m:prod-prev", "a/m:prod"};
#define MOVES (sizeof moves / sizeof *moves)

/* Both names mean two, and meant one before; the third model is not to get them. */
static void begin_two(char first[65], char second[65])
{
    begin(NULL);
    deploy("one", true);
    snprintf(first, 65, "%s", digest_of("a/m:prod"));
    deploy("two", true);
    snprintf(second, 65, "%s", digest_of("a/m:prod"));
}

static void all_are(const char *now, const char *before)
{
    CHECK_TEXT(digest_of("a/m:v1"), now);
    CHECK_TEXT(digest_of("a/m:prod"), now);
    CHECK_TEXT(digest_of("a/m:v1-prev"), before);
    CHECK_TEXT(digest_of("a/m:prod-prev"), before);
    CHECK_INT(ollama.count, 4);
}

static void deploy_with(const char *fault, const char *name, bool good)
{
    char *text = mem_format("%s=%s", fault, name);

    ollama.fault = text;
    open_rollout("a/m:v1", "prod");
    candidate("three");
    CHECK(rollout_move(&rollout, &err) == good);
    CHECK(rollout_clear(&rollout, &err) == (strcmp(fault, "dead") != 0));
    rollout_close(&rollout);
    ollama.fault = NULL;
    mem_free(text);
}

TEST(ways_back_stay)
{
    char first[65], second[65];

    for (size_t i = 0; i < MOVES; i++) {
        begin_two(first, second);
        deploy_with("copy", moves[i], false);
        all_are(second, first);
        end();
    }
}

/* Wherever a move was cut off, a name means the one or the other, and the next run loses nothing:
 * it ends the move, or it takes back what it did itself. */
TEST(moves_go_on)
{
    char first[65], second[65], third[65];

    for (size_t i = 0; i < MOVES; i++) {
        begin_two(first, second);
        deploy_with("dead", moves[i], false);
        CHECK_TEXT(digest_of("a/m:prod"), second);
        snprintf(third, sizeof third, "%s", digest_of("a/m:candidate-8b5b9db0c13d"));
        deploy("three", true);
        all_are(third, second);
        end();

        begin_two(first, second);
        deploy_with("dead", moves[i], false);
        deploy_with("copy", "a/m:prod", false);
        CHECK_TEXT(digest_of("a/m:prod"), second);
        CHECK_TEXT(digest_of("a/m:prod-prev"), first);
        CHECK_TEXT(digest_of("a/m:v1-prev"), i < 3 ? first : second);
        CHECK_INT(ollama.count, 4);
        end();

        begin_two(first, second);
        deploy_with("dead", moves[i], false);
        CHECK(go_back());
        CHECK_TEXT(digest_of("a/m:prod"), first);
        CHECK_TEXT(digest_of("a/m:prod-prev"), second);
        CHECK_TEXT(digest_of("a/m:prod-kept"), "none");
        end();
    }
}

static bool go_back_both(const char *fault, const char *name)
{
    const char *const tags[] = {"prod", "v1"};
    char *text = mem_format("%s=%s", fault, name);
    bool good;

    ollama.fault = text;
    CHECK(rollout_open(&rollout, &client, "a/m", tags, 2, &err));
    rollout_leave_own(&rollout);
    good = rollout_back(&rollout, &err);
    CHECK(rollout_clear(&rollout, &err) || ollama.dead);
    rollout_close(&rollout);
    ollama.fault = NULL;
    mem_free(text);
    return good;
}

/* All names go back, or none does. */
TEST(ways_back_are_one)
{
    static const char *const names[] = {"a/m:prod-swap", "a/m:v1-swap",   "a/m:prod",
                                        "a/m:v1",        "a/m:prod-prev", "a/m:v1-prev"};
    char first[65], second[65];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        begin_two(first, second);
        CHECK(!go_back_both("copy", names[i]));
        all_are(second, first);
        CHECK(!go_back_both("dead", names[i]));
        CHECK(go_back_both("copy", "none"));
        all_are(first, second);
        end();
    }
    begin_two(first, second);
    CHECK(client_copy(&client, "a/m:prod", "a/m:prod-swap", &err));
    CHECK(go_back_both("copy", "none"));
    CHECK(client_copy(&client, "a/m:prod-prev", "a/m:prod-swap", &err));
    CHECK(go_back_both("copy", "none"));
    all_are(first, second);
    CHECK(client_delete(&client, "a/m:v1-prev", &err));
    CHECK(!go_back_both("copy", "none"));
    CHECK_TEXT(err.text, "there is no 'a/m:v1-prev' to go back to");
    CHECK_TEXT(digest_of("a/m:prod"), first);
    end();
}

static void bad_name(const char *name, const char *tag, const char *why)
{
    const char *const tags[] = {tag};

    CHECK(!rollout_open(&rollout, &client, name, tags, tag ? 1 : 0, &err));
    CHECK_TEXT(err.text, why);
    rollout_close(&rollout);
}

TEST(bad_names)
{
    bad_name("a b", NULL, "'a b:latest' is not a name of a model: [HOST/][SPACE/]MODEL[:TAG]");
    bad_name("m:", NULL, "'m:' is not a name of a model: [HOST/][SPACE/]MODEL[:TAG]");
    bad_name("m:v1", "a/b", "'a/b' is not a tag");
    bad_name("m:v1", "", "'m:' is not a name of a model: [HOST/][SPACE/]MODEL[:TAG]");
    bad_name("m:v1", "V1", "'m:V1' is given twice");
    bad_name("m:v1", "-x", "'m:-x' is not a name of a model: [HOST/][SPACE/]MODEL[:TAG]");
    bad_name(
        "m:1234567890123456789012345678901234567890123456789012345678901234567890123456", NULL,
        "the tag of 'm:123456789012345678901234567890123456789012345678901234567890123456789012"
        "3456' is longer than 75");
}

int main(void)
{
    unsetenv("http_proxy");
    RUN(names_move);
    RUN(ways_back_go_on);
    RUN(ways_back_begin_anew);
    RUN(names_stay);
    RUN(ways_back_stay);
    RUN(moves_go_on);
    RUN(ways_back_are_one);
    RUN(bad_names);
    fake_ollama_release(&ollama);
    return check_end();
}
