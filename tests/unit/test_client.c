/* A server that is asked: what it says, and what it says when anything fails. */
#include "deploy/client.h"
#include "deploy/smoke.h"
#include "hash/sha256.h"

#include "check.h"
#include "unit/fake_ollama.h"

#include <stdlib.h>
#include <unistd.h>

#define OLD "1111111111111111111111111111111111111111111111111111111111111111"

static struct fake_ollama ollama;
static struct server *server;
static struct client client;
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

static bool ends_with(const char *text, const char *end_)
{
    const size_t len = strlen(text), want = strlen(end_);

    return check_claim(len >= want && strcmp(text + len - want, end_) == 0, __FILE__, __LINE__,
                       "'%s' does not end with '%s'", text, end_);
}

TEST(greeting)
{
    static const char *const faults[][2] = {
        {"old", ": Ollama 0.5.4 is too old: 0.5.5 or later is needed"},
        {"no-version", ": is not an Ollama server: it tells no version"},
        {"page", "the server's answer is not a JSON object: '<html>hello</html>'"}};

    begin(NULL);
    CHECK(client_greet(&client, &err));
    CHECK_TEXT(client.version, "0.34.4");
    end();
    begin("no-number");
    CHECK(client_greet(&client, &err));
    end();
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        begin(faults[i][0]);
        CHECK(!client_greet(&client, &err));
        ends_with(err.text, faults[i][1]);
        end();
    }
}

/* A temporary file with a text, to be sent. */
static int file_of(const char *text, char hex[65])
{
    FILE *file = tmpfile();
    const int fd = dup(fileno(file));
    struct sha256 sha;

    fputs(text, file);
    fclose(file);
    sha256_init(&sha);
    sha256_add(&sha, text, strlen(text));
    sha256_hex(&sha, hex);
    return fd;
}

static void make(const char *name, const char *hex, bool good, const char *why)
{
    char *json = mem_format("{\"model\":\"%s\",\"files\":{\"m\":\"sha256:%s\"}}", name, hex);

    CHECK(client_create(&client, text_of(json), &err) == good);
    if (!good) ends_with(err.text, why);
    mem_free(json);
}

TEST(files_and_models)
{
    char hex[65], digest[65];
    const int fd = file_of("GGUF and so on", hex);
    bool sent;

    begin(NULL);
    make("m:v1", OLD, false, "the server: open STORE/blobs/x: no such file or directory");
    CHECK(client_upload(&client, fd, 14, hex, NULL, &sent, &err) && sent);
    CHECK(client_upload(&client, fd, 14, hex, NULL, &sent, &err) && !sent);
    CHECK(!client_upload(&client, fd, 14, OLD, NULL, &sent, &err));
    make("m:v1", hex, true, "");
    CHECK_INT(client_digest(&client, "M:V1", digest, &err), 1);
    CHECK_INT(client_digest(&client, "m", digest, &err), 0);
    CHECK(client_copy(&client, "m:v1", "m:latest", &err));
    CHECK_INT(client_digest(&client, "m", digest, &err), 1);
    CHECK(client_delete(&client, "m:v1", &err));
    CHECK(!client_copy(&client, "m:v1", "m:v2", &err));
    CHECK(strncmp(err.text, "'m:v1' could not be copied to 'm:v2': ", 38) == 0);
    CHECK(!client_delete(&client, "m:v1", &err));
    ollama.fault = "early";
    make("m:v1", hex, false, "/api/create: the answer ended before the model was made");
    ollama.fault = "form";
    make("m:v1", hex, false, "is too old: 0.5.5 or later is needed");
    ollama.fault = "template";
    make("m:v1", hex, false, ": template error: template: :1: unclosed action");
    end();
    close(fd);
}

static void ask(const char *expect, const char *fault, bool good, bool holds, const char *why)
{
    struct smoke smoke = {.prompt = "Well?", .expect = expect, .limit = 9};

    ollama.fault = fault;
    CHECK(smoke_run(&smoke, &client, "m", &err) == good);
    CHECK(smoke.holds == holds);
    if (!holds) ends_with(err.text, why);
    if (good && !fault) CHECK_TEXT(smoke.answer.at, "No, wait \xc3\xa9.");
    smoke_release(&smoke);
}

TEST(questions)
{
    begin(NULL);
    ask(NULL, NULL, true, true, "");
    ask("never|WAIT", NULL, true, true, "");
    ask("^no, wait .\\.?", NULL, true, true, "");
    ask("yes", NULL, true, false, "the answer to the smoke test does not match 'yes'");
    ask(NULL, "silent", true, false, "the model says nothing to the smoke test");
    ask(NULL, "endless", false, false, "the answer to the smoke test has no end");
    ask(NULL, "runner", false, false, ": llama-server process has terminated: exit status 1");
    end();
    CHECK(smoke_check("a|b", &err) && !smoke_check("a(", &err));
    CHECK(strncmp(err.text, "'a(' is not a regular expression: ", 34) == 0);
}

int main(void)
{
    unsetenv("http_proxy");
    RUN(greeting);
    RUN(files_and_models);
    RUN(questions);
    fake_ollama_release(&ollama);
    return check_end();
}
