/* Downloads: files that come in pieces, change on their way, or are not what was promised. */
#include "net/download.h"

#include "check.h"
#include "hash/sha256.h"
#include "unit/files.h"
#include "unit/hostile.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 100000 };

static char content[SIZE], other[SIZE];
static char digest[65];
static atomic_int calls;
static struct server *server;
static struct http *http;
static struct err err;

static void plain(struct call *call)
{
    server_content(call, NULL, "\"e1\"", (struct text){content, SIZE});
}

/* A quarter of what is left each time, three times of four. */
static void breaks(struct call *call)
{
    char *range = server_field(call, "Range");
    const size_t from = range ? strtoul(range + 6, NULL, 10) : 0;

    mem_free(range);
    if (atomic_fetch_add(&calls, 1) % 4 == 3) {
        plain(call);
        return;
    }
    server_say(call, "HTTP/1.1 %s\r\nContent-Range: bytes %zu-%d/%d\r\nContent-Length: %zu\r\n\r\n",
               from ? "206 Part" : "200 OK", from, SIZE - 1, SIZE, SIZE - from);
    server_send(call, content + from, (SIZE - from) / 4);
}

/* The file is replaced after the first answer, which broke off. */
static void changes(struct call *call)
{
    if (atomic_fetch_add(&calls, 1) == 0) {
        server_say(call, "HTTP/1.1 200 OK\r\nETag: \"e1\"\r\nContent-Length: %d\r\n\r\n", SIZE);
        server_send(call, other, SIZE / 2);
    } else {
        server_content(call, NULL, "\"e2\"", (struct text){content, SIZE});
    }
}

static void other_total(struct call *call)
{
    server_say(call,
               "HTTP/1.1 206 Part\r\nContent-Range: bytes 50000-99999/%d\r\n"
               "Content-Length: 50000\r\n\r\n",
               SIZE + 1);
}

static void no_range(struct call *call)
{
    server_say(call, "HTTP/1.1 206 Part\r\nContent-Length: 50000\r\n\r\n");
}

static void odd_range(struct call *call)
{
    server_reply(call, 206, "Content-Range: bytes x/y\r\n", TEXT("abc"));
}

static void too_much(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\n\r\n");
    server_send(call, content, SIZE);
    server_send(call, content, SIZE);
}

static void no_length_cut(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\n\r\n");
    server_send(call, content, SIZE / 2);
}

static void wrong(struct call *call)
{
    server_content(call, NULL, "\"e1\"", (struct text){other, SIZE});
}

static void empty(struct call *call)
{
    server_reply(call, 204, NULL, TEXT(""));
}

static const struct route routes[] = {
    {NULL, "/plain", plain, false},
    {NULL, "/breaks", breaks, false},
    {NULL, "/changes", changes, false},
    {NULL, "/other-total", other_total, false},
    {NULL, "/no-range", no_range, false},
    {NULL, "/odd-range", odd_range, false},
    {NULL, "/too-much", too_much, false},
    {NULL, "/no-length-cut", no_length_cut, false},
    {NULL, "/wrong", wrong, false},
    {NULL, "/empty", empty, false},
    {NULL, NULL, NULL, false},
};

/* A download with so many bytes there already. */
static bool get(struct download *download, const char *path, size_t have)
{
    download->url = server_url(server, path);
    download->partial = files_write("partial", content, have);
    atomic_store(&calls, 0);
    server_forget(server);
    err.text[0] = '\0';
    return download_run(http, download, &err);
}

static bool is_content(void)
{
    size_t len;
    char *text = files_read(files_path("partial"), &len);
    const bool same = text && len == SIZE && memcmp(text, content, SIZE) == 0;

    mem_free(text);
    return same;
}

TEST(whole)
{
    static const char *const paths[] = {"/plain", "/breaks", "/changes", "/no-length-cut"};
    struct download download = {.size = SIZE, .digest = digest};

    for (size_t i = 0; i < 3; i++) {
        CHECK(get(&download, paths[i], 0));
        CHECK(is_content());
        CHECK(get(&download, paths[i], 30000));
        CHECK(is_content());
    }
    CHECK(get(&download, "/plain", SIZE));
    CHECK_INT(server_calls(server, ""), 0);
    CHECK(get(&download, "/plain", 30000));
    CHECK_INT(server_calls(server, "range=bytes=30000-"), 1);
    CHECK(get(&download, "/no-length-cut", 60000) == false);
}

TEST(by_its_etag)
{
    struct download download = {.size = SIZE, .etag = "\"e1\""};

    CHECK(get(&download, "/plain", 30000));
    CHECK(is_content());
    CHECK_INT(server_calls(server, "range=bytes=30000- if=\"e1\""), 1);
    CHECK(get(&download, "/changes", 0));
    CHECK(is_content());
    CHECK_INT(server_calls(server, "range=bytes=50000- if=\"e1\""), 1);
    download.etag = NULL;
    CHECK(get(&download, "/plain", 30000));
    CHECK_INT(server_calls(server, "range="), 0);
    download.size = DOWNLOAD_UNKNOWN;
    CHECK(get(&download, "/plain", 0));
    CHECK(is_content());
}

TEST(refused)
{
    static const struct {
        const char *path;
        size_t have;
        const char *want;
    } cases[] = {
        {"/other-total", 50000, ": the file has another length than what is promised"},
        {"/no-range", 50000, ": a part of the file came, which does not say which"},
        {"/odd-range", 50000, ": the range of the answer cannot be read"},
        {"/odd-range", 0, ": the range of the answer cannot be read"},
        {"/too-much", 0, ": more came than what is promised"},
        {"/no-length-cut", 0, NULL},
        {"/empty", 0, ": the answer is not the file"},
        {"/none", 0, ": 404 not found"},
    };
    struct download download = {.size = SIZE, .digest = digest};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(!get(&download, cases[i].path, cases[i].have));
        CHECK(*err.text);
        if (cases[i].want && !strstr(err.text, cases[i].want)) CHECK_TEXT(err.text, cases[i].want);
    }
    CHECK(!get(&download, "/wrong", 0));
    CHECK(strstr(err.text, ": the bytes are not those promised: "));
    CHECK(access(files_path("partial"), F_OK) != 0);
    download.size = SIZE + 1;
    CHECK(!get(&download, "/plain", 0));
    CHECK(strstr(err.text, ": the file has another length than what is promised"));
    download.size = DOWNLOAD_UNKNOWN;
    CHECK(!get(&download, "/no-length-cut", 0));
    CHECK(strstr(err.text, ": the server does not say how long the file is"));
}

TEST(not_a_file)
{
    struct download download = {.size = SIZE, .digest = digest};

    download.url = server_url(server, "/plain");
    download.partial = files_path("link");
    CHECK(symlink(files_path("partial"), download.partial) == 0);
    CHECK(!download_run(http, &download, &err));
    CHECK(strstr(err.text, "/link: cannot create: "));
    download.partial = files_path("none/partial");
    CHECK(!download_run(http, &download, &err));
    download.partial = files_path("pipe");
    CHECK(mkfifo(download.partial, 0600) == 0);
    CHECK(!download_run(http, &download, &err));
    CHECK(strstr(err.text, "/pipe: is not a file"));
}

TEST(verified)
{
    const char *path = files_write("there", content, SIZE);
    const char *small = files_text("small", "hello\n");

    CHECK_INT(download_verify(path, SIZE, digest, &err), 1);
    CHECK_INT(download_verify(path, SIZE - 1, digest, &err), 0);
    CHECK_INT(download_verify(files_path("absent"), SIZE, digest, &err), 0);
    CHECK_INT(download_verify(small, 6, "ce013625030ba8dba906f756967f9e9ca394464a", &err), 1);
    CHECK_INT(download_verify(small, 6, digest, &err), 0);
}

int main(void)
{
    struct sha256 sha;

    for (size_t i = 0; i < SIZE; i++) content[i] = (char)(i * 7 + i / 251);
    memset(other, 'o', SIZE);
    sha256_init(&sha);
    sha256_add(&sha, content, SIZE);
    sha256_hex(&sha, digest);
    server = server_start(routes, NULL);
    http =
        http_open(&(struct http_settings){.agent = "test", .tries = 1, .stall = 2, .pause = 0.002});
    RUN(whole);
    RUN(by_its_etag);
    RUN(refused);
    RUN(not_a_file);
    RUN(verified);
    http_close(http);
    server_stop(server);
    return check_end();
}
