#include "core/outfolder.h"
#include "core/parent.h"
#include "hash/sha256.h"
#include "net/download.h"
#include "net/url.h"
#include "pull/pull.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is known of a file before it comes. */
struct promise {
    struct listed file; /* size, and the hub's digest */
    char *etag;         /* a strong one, with its quotes, or NULL */
};

static void take_head(struct promise *promise, const struct http_answer *answer)
{
    const char *linked = http_field(answer, "X-Linked-Etag"), *etag = http_field(answer, "ETag");
    const char *size = http_field(answer, linked ? "X-Linked-Size" : "Content-Length");

    promise->file.size =
        size && *size >= '0' && *size <= '9' ? strtoull(size, NULL, 10) : DOWNLOAD_UNKNOWN;
    if (linked && listed_set_etag(&promise->file, linked)) return;
    if (etag && *etag == '"' && !promise->etag) promise->etag = mem_copy_text(etag);
}

/* Servers that know no HEAD are asked for the file at once. */
static bool ask_head(struct http *http, const char *url, const char *token, bool stay,
                     struct promise *promise, struct err *err)
{
    struct http_answer answer = {0};
    const struct http_request request = {
        .method = "HEAD", .url = url, .token = token, .stay = stay};
    bool good = http_ask(http, &request, &answer, err), moved = false;

    if (good && answer.status / 100 == 3 && !http_field(&answer, "X-Linked-Etag"))
        moved = true;
    else if (good)
        take_head(promise, &answer);
    else
        good = answer.status == 403 || answer.status == 405 || answer.status == 501;
    http_answer_release(&answer);
    return moved ? ask_head(http, url, token, false, promise, err) : good;
}

/* Beside the output, and another one for each content: old bytes never meet new ones. */
static char *partial_of(const char *output, const struct promise *promise)
{
    const char *slash = strrchr(output, '/'), *name = slash ? slash + 1 : output;
    const char *what = promise->etag ? promise->etag : promise->file.etag;
    struct sha256 sha;
    char hex[65];

    sha256_init(&sha);
    sha256_add(&sha, what, strlen(what));
    sha256_hex(&sha, hex);
    return mem_format("%.*s.%s.%.16s.incomplete", (int)(name - output), output, name, hex);
}

/* A page that says 'log in' is no model. */
static bool check_content(const char *output, const char *partial, const char *url, struct err *err)
{
    const size_t len = strlen(output);
    const int fd = open(partial, O_RDONLY | O_CLOEXEC);
    const struct text shown = url_shown(url);
    char magic[4] = "";
    ssize_t got;

    if (fd < 0) return err_errno(err, "%s", partial);
    got = pread(fd, magic, sizeof magic, 0);
    close(fd);
    if (len < 5 || strcmp(output + len - 5, ".gguf") != 0) return true;
    if (got == sizeof magic && memcmp(magic, "GGUF", sizeof magic) == 0) return true;
    unlink(partial);
    return err_set(err, "%.*s: what came is not a GGUF file", (int)shown.len, shown.at);
}

bool pull_address(struct pull *pull, const char *url, const char *output, struct err *err)
{
    struct http *http;
    struct promise promise = {.file.size = DOWNLOAD_UNKNOWN};
    struct url there, hub;
    struct err ignored;
    struct stat found;
    bool good = url_parse(&there, url, err);
    const char *token =
        good && url_parse(&hub, pull->endpoint, &ignored) && url_same_origin(&there, &hub)
            ? pull->token
            : NULL;

    if (good && pull->offline) good = err_set(err, "offline: nothing is fetched");
    if (good && pull->directory) good = outfolder_make(pull->directory, err);
    if (!good) return false;
    http = http_open(&pull->http);
    good = ask_head(http, url, token, true, &promise, err);
    http_close(http);
    if (good) {
        char *partial = partial_of(output, &promise);
        struct fetched file = {.url = (char *)url,
                               .partial = partial,
                               .final = partial, /* until it was looked at */
                               .size = promise.file.size,
                               .digest = listed_digest(&promise.file),
                               .etag = promise.etag};
        struct fetch fetch = {pull->http, token, 1, &file, 1, pull->context, pull->progress};

        good = fetch_all(&fetch, err) && check_content(output, partial, url, err) &&
               fetch_rename(partial, output, err);
        mem_free(partial);
    }
    mem_free(promise.etag);
    if (!good) return false;
    pull->path = mem_copy_text(output);
    pull->fetched = 1;
    pull->bytes = stat(output, &found) == 0 ? (uint64_t)found.st_size : 0;
    return true;
}
