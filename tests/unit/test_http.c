/* Requests, against a server on this machine that does all that servers do. */
#include "net/http.h"

#include "check.h"
#include "hash/sha256.h"
#include "unit/files.h"
#include "unit/hostile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static struct hostile state;
static struct server *server;
static struct http *http;
static struct http_answer answer;
static struct err err;

static const struct http_settings quick = {
    .agent = "dpo-test/1", .tries = 3, .stall = 1, .pause = 0.005};

static bool get(const char *path)
{
    atomic_store(&state.calls, 0);
    server_forget(server);
    err.text[0] = '\0';
    return http_ask(http, &(struct http_request){.url = server_url(server, path)}, &answer, &err);
}

/* The error without the server's address, which has another port each time. */
static void check_error(const char *want)
{
    const char *base = server_url(server, "");
    const size_t len = strlen(base);
    const bool ours = strncmp(err.text, base, len) == 0;

    CHECK_TEXT(ours ? err.text + len : err.text, want);
}

TEST(a_body)
{
    static const char *const paths[] = {"/fine", "/chunked", "/no-length", "/once", "/continued"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        CHECK(get(paths[i]));
        CHECK_INT(answer.status, 200);
        CHECK_TEXT(answer.body.at, HOSTILE_TEXT);
    }
    CHECK_TEXT(http_field(&answer, "x-NEW"), "2");
    CHECK(!http_field(&answer, "X-Old"));
    CHECK(get("/fine"));
    CHECK_TEXT(http_field(&answer, "ETag"), "\"e1\"");
    CHECK(!http_field(&answer, "ETa"));
    CHECK(get("/once"));
    CHECK_TEXT(answer.where.at, server_url(server, "/fine"));
}

TEST(refused)
{
    static const struct {
        const char *path;
        long status;
        const char *want;
        size_t calls;
    } cases[] = {
        {"/cut", 200,
         "/cut: the answer ends early (transfer closed with 19 bytes remaining to read)", 3},
        {"/chunked-cut", 200,
         "/chunked-cut: the answer ends early (transfer closed with outstanding read data "
         "remaining)",
         3},
        {"/long", 200, "/long: the answer is longer than what is asked for", 1},
        {"/digits", 200, "/digits: the answer is longer than what is asked for", 1},
        {"/endless", 200, "/endless: the answer has more than 33554432 bytes", 1},
        {"/loop", 302, "/loop: more than 5 redirects", 6},
        {"/nowhere", 302, "/nowhere: a redirect does not say where to", 1},
        {"/many-fields", 200, NULL, 1},
        {"/one-field", 200, NULL, 1},
        {"/gzip", 200, "/gzip: the answer is packed as 'gzip', which nobody asked for", 1},
        {"/page", 404, "/page: 404 not found", 1},
        {"/words", 400, "/words: 400 bad request: so not", 1},
        {"/message", 403, "/message: 403 forbidden: ask first", 1},
        {"/long-refusal", 400, "/long-refusal: 400 bad request", 1},
        {"/status?401", 401, "/status: 401 not authorised: it is so", 1},
        {"/status?404", 404, "/status: 404 not found: it is so", 1},
        {"/status?418", 418, "/status: 418 refused: it is so", 1},
        {"/status?500", 500, "/status: 500 the server failed: it is so", 3},
        {"/status?501", 501, "/status: 501 not implemented: it is so", 1},
        {"/status?503", 503, "/status: 503 not available now: it is so", 3},
        {"/status?304", 304, "/status: 304 not changed", 1},
        {"/much-later", 429, "/much-later: 429 too many requests (come again in 86400 s)", 1},
        {"/closed", 0, "/closed: the server closed without an answer", 0},
        {"/garbage", 0, NULL, 1},
        {"/absent", 404, "/absent: 404 not found", 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(!get(cases[i].path));
        CHECK_INT(answer.status, cases[i].status);
        if (cases[i].want) check_error(cases[i].want);
        if (cases[i].calls) CHECK_INT(server_calls(server, ""), cases[i].calls);
        CHECK(*err.text);
    }
}

TEST(slow)
{
    static const char *const paths[] = {"/slow-body", "/slow-head", "/silent"};
    struct http_settings once = quick;
    struct http *patient;

    once.tries = 1;
    patient = http_open(&once);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        CHECK(!http_ask(patient, &(struct http_request){.url = server_url(server, paths[i])},
                        &answer, &err));
        CHECK(strstr(err.text, ": the server is too slow ("));
    }
    CHECK(http_ask(patient,
                   &(struct http_request){.url = server_url(server, "/slow-body"), .patience = 5},
                   &answer, &err));
    http_close(patient);
}

TEST(tried_again)
{
    CHECK(get("/flaky?503"));
    CHECK_INT(server_calls(server, "/flaky"), 3);
    CHECK(get("/broken"));
    CHECK_TEXT(answer.body.at, HOSTILE_TEXT);
    CHECK(get("/later"));
    CHECK_INT(server_calls(server, "/later"), 2);
    CHECK(!get("/flaky?400"));
    CHECK_INT(server_calls(server, "/flaky"), 1);
}

TEST(a_post_is_sent_once)
{
    struct http_request request = {.method = "POST", .body = {.at = "x", .size = 1}};

    server_forget(server);
    atomic_store(&state.calls, 0);
    request.url = server_url(server, "/flaky?500");
    CHECK(!http_ask(http, &request, &answer, &err));
    CHECK_INT(server_calls(server, ""), 1);
    atomic_store(&state.calls, 0);
    request.again = true;
    CHECK(http_ask(http, &request, &answer, &err));
    CHECK_INT(server_calls(server, ""), 4);
    request.again = false;
    atomic_store(&state.calls, 0);
    request.method = "PUT";
    CHECK(http_ask(http, &request, &answer, &err));
    request.url = server_url(server, "/once");
    CHECK(!http_ask(http, &request, &answer, &err));
    CHECK(strstr(err.text, "/once: the request is redirected to http://127.0.0.1:"));
}

TEST(redirects)
{
    static const struct {
        const char *to, *want;
    } cases[] = {
        {"file:///etc/passwd", NULL},
        {"gopher://127.0.0.1/x", NULL},
        {"http://198.51.100.1/x", "/to: a redirect leads to plain http on another machine"},
        {"http://user:word@127.0.0.1/x", NULL},
        {"http://", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = mem_format("/to?%s", cases[i].to);

        CHECK(!get(path));
        CHECK(strstr(err.text, "/to: a redirect leads "));
        CHECK_INT(server_calls(server, ""), 1);
        if (cases[i].want) check_error(cases[i].want);
        mem_free(path);
    }
}

/* 'localhost' is another host than 127.0.0.1, though both are this machine. */
TEST(tokens)
{
    char *there = mem_format("/to?http://localhost:%u/fine", server_port(server));
    char *path = mem_format("%s", server_url(server, there));
    struct http_request request = {.url = path, .token = "hf_secret"};
    char *log;

    server_forget(server);
    CHECK(http_ask(http, &request, &answer, &err));
    log = server_log(server);
    CHECK(strstr(log, "GET /to?"));
    CHECK(strstr(log, "token=hf_secret\nGET /fine\n"));
    mem_free(log);
    server_forget(server);
    request.url = server_url(server, "/once");
    CHECK(http_ask(http, &request, &answer, &err));
    CHECK_INT(server_calls(server, "token=hf_secret"), 2);
    request.url = path;
    request.stay = true;
    CHECK(http_ask(http, &request, &answer, &err));
    CHECK_INT(answer.status, 302);
    CHECK_TEXT(http_field(&answer, "X-Linked-Size"), "25");
    mem_free(path);
    mem_free(there);
}

TEST(addresses)
{
    static const struct {
        const char *url, *want;
    } cases[] = {
        {"http://198.51.100.1/x?secret", "http://198.51.100.1/x: plain http to another machine can "
                                         "be read and changed on its way: --allow-http permits it"},
        {"ftp://127.0.0.1/", "'ftp://127.0.0.1/' is neither an https:// nor an http:// address"},
        {"http://a:b@127.0.0.1/", "an address must not hold a name or a password"},
        {"http://127.0.0.1:99999/", "'http://127.0.0.1:99999/' names no host that can be asked"},
        {"http:///x", "'http:///x' names no host that can be asked"},
        {"http://127.0.0.1/a b",
         "the address 'http://127.0.0.1/a b' holds characters that belong in none"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(!http_ask(http, &(struct http_request){.url = cases[i].url}, &answer, &err));
        CHECK_TEXT(err.text, cases[i].want);
    }
    CHECK(!http_ask(http, &(struct http_request){.url = "http://127.0.0.1:1/"}, &answer, &err));
    CHECK(strstr(err.text, "http://127.0.0.1:1/: no connection ("));
    CHECK_INT(answer.status, 0);
}

static bool take_line(void *context, const char *data, size_t len, struct err *why)
{
    struct buffer *seen = context;

    buffer_add(seen, data, len);
    buffer_byte(seen, '|');
    return seen->len < 1000 || err_set(why, "enough");
}

TEST(lines)
{
    struct buffer seen = {0};
    struct http_request request = {
        .url = server_url(server, "/lines"), .lines = true, .take = take_line, .context = &seen};

    CHECK(http_ask(http, &request, &answer, &err));
    buffer_byte(&seen, '\0');
    CHECK_TEXT(seen.at, "{\"a\":1}|{\"b\":2}|{\"c\":3}|");
    request.url = server_url(server, "/long-line");
    CHECK(!http_ask(http, &request, &answer, &err));
    check_error("/long-line: a line of the answer has more than 4194304 bytes");
    request.lines = false;
    request.url = server_url(server, "/endless");
    CHECK(!http_ask(http, &request, &answer, &err));
    CHECK_TEXT(err.text, "enough");
    server_forget(server);
    seen.len = 0;
    request.url = server_url(server, "/cut");
    CHECK(!http_ask(http, &request, &answer, &err));
    CHECK_INT(server_calls(server, ""), 1); /* a part was taken: no second try */
    buffer_release(&seen);
}

TEST(sent)
{
    static const char *const fields[] = {"Content-Type: application/json", NULL};
    struct http_request request = {.method = "POST",
                                   .url = server_url(server, "/echo"),
                                   .fields = fields,
                                   .body = {.at = "{}", .size = 2}};
    const char *path = files_text("body", "from a file");
    char digest[65];
    struct sha256 sha;

    CHECK(http_ask(http, &request, &answer, &err));
    CHECK_TEXT(answer.body.at, "POST application/json dpo-test/1 {}");
    request.method = "DELETE";
    CHECK(http_ask(http, &request, &answer, &err));
    CHECK_TEXT(answer.body.at, "DELETE application/json dpo-test/1 {}");
    request = (struct http_request){.method = "POST", .url = server_url(server, "/echo")};
    CHECK(http_ask(http, &request, &answer, &err));
    CHECK_TEXT(answer.body.at, "POST - dpo-test/1 ");

    sha256_init(&sha);
    sha256_add(&sha, "from a file", 11);
    sha256_hex(&sha, digest);
    request.body = (struct http_body){.size = 11, .fd = open(path, O_RDONLY), .sha256 = digest};
    CHECK(http_ask(http, &request, &answer, &err));
    CHECK_TEXT(answer.body.at, "POST - dpo-test/1 from a file");
    files_text("body", "from a filf");
    CHECK(!http_ask(http, &request, &answer, &err));
    check_error("/echo: the file changed while it was sent");
    files_text("body", "short");
    CHECK(!http_ask(http, &request, &answer, &err));
    check_error("/echo: the file shrank while it was sent");
    close(request.body.fd);
}

TEST(a_server_that_has_it_already)
{
    struct buffer much = {0};
    struct http_request request = {.method = "POST", .url = server_url(server, "/early")};

    buffer_reserve(&much, (size_t)8 << 20);
    memset(much.at, 'x', (size_t)8 << 20);
    request.body = (struct http_body){.at = much.at, .size = (uint64_t)8 << 20};
    CHECK(http_ask(http, &request, &answer, &err) || strstr(err.text, "the connection broke"));
    buffer_release(&much);
}

static bool stop(void *context, uint64_t bytes)
{
    size_t *calls = context;

    (void)bytes;
    return ++*calls < 3;
}

TEST(progress)
{
    size_t calls = 0;
    struct http_request request = {
        .url = server_url(server, "/silent"), .progress = stop, .context = &calls};

    CHECK(!http_ask(http, &request, &answer, &err));
    CHECK_TEXT(err.text, "stopped");
    CHECK(calls >= 3);
}

int main(void)
{
    server = server_start(hostile_routes, &state);
    http = http_open(&quick);
    RUN(a_body);
    RUN(refused);
    RUN(slow);
    RUN(tried_again);
    RUN(a_post_is_sent_once);
    RUN(redirects);
    RUN(tokens);
    RUN(addresses);
    RUN(lines);
    RUN(sent);
    RUN(a_server_that_has_it_already);
    RUN(progress);
    http_answer_release(&answer);
    http_close(http);
    server_stop(server);
    return check_end();
}
