#include "net/download.h"

#include "net/digest.h"
#include "net/url.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

struct state {
    const struct download *download;
    int fd;
    uint64_t have;   /* bytes in the partial file, all in the digest */
    uint64_t size;   /* of the whole; what the server said where nobody else did */
    bool spliced;    /* some bytes came by another request */
    bool wrong_disk; /* the failure is ours: no other try */
    struct digest digest;
};

/* Reads a file's first bytes into a digest. */
static bool digest_file(struct digest *digest, int fd, uint64_t size)
{
    char *piece = mem_alloc(PIECE);
    uint64_t at = 0;
    ssize_t got = 1;

    while (at < size && got > 0) {
        const uint64_t left = size - at;

        got = pread(fd, piece, left < PIECE ? (size_t)left : PIECE, (off_t)at);
        if (got < 0 && errno == EINTR) {
            got = 1;
            continue;
        }
        if (got > 0) digest_add(digest, piece, (size_t)got);
        if (got > 0) at += (uint64_t)got;
    }
    mem_free(piece);
    return at == size;
}

static bool begin_again(struct state *state, struct err *err)
{
    const struct download *download = state->download;

    state->have = 0;
    state->spliced = false;
    digest_init(&state->digest, download->digest, state->size);
    if (ftruncate(state->fd, 0) == 0) return true;
    state->wrong_disk = true;
    return err_errno(err, "%s: cannot be emptied", download->partial);
}

/* A link that somebody put there is not followed. */
static bool open_partial(struct state *state, struct err *err)
{
    const struct download *download = state->download;
    struct stat found;

    state->fd =
        open(download->partial, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (state->fd < 0) return err_errno(err, "%s: cannot create", download->partial);
    if (fstat(state->fd, &found) != 0) return err_errno(err, "%s", download->partial);
    if (!S_ISREG(found.st_mode)) return err_set(err, "%s: is not a file", download->partial);
    digest_init(&state->digest, download->digest, state->size);
    state->have = (uint64_t)found.st_size;
    if (state->have == 0) return true;
    state->spliced = true;
    if ((!download->digest && !download->etag) || state->have > download->size ||
        !digest_file(&state->digest, state->fd, state->have))
        return begin_again(state, err);
    return true;
}

static bool complain(struct state *state, struct err *err, const char *what)
{
    const struct text url = url_shown(state->download->url);

    return err_set(err, "%.*s: %s", (int)url.len, url.at, what);
}

/* 'bytes 100-199/200': does the answer begin where we stopped, in a file of the right length? */
static bool check_range(struct state *state, const char *range, struct err *err)
{
    unsigned long long from, to, whole = 0;
    char *end;

    if (!range || strncasecmp(range, "bytes ", 6) != 0)
        return complain(state, err, "a part of the file came, which does not say which");
    from = strtoull(range + 6, &end, 10);
    if (*end != '-') return complain(state, err, "the range of the answer cannot be read");
    to = strtoull(end + 1, &end, 10);
    if (*end == '/' && end[1] != '*') whole = strtoull(end + 1, &end, 10);
    if (from != state->have || to < from)
        return complain(state, err, "another part of the file came than the one asked for");
    if (state->size == DOWNLOAD_UNKNOWN && whole) state->size = whole;
    return whole == 0 || whole == state->size ||
           complain(state, err, "the file has another length than what is promised");
}

/* An answer without a length can be cut without anybody seeing it. */
static bool check_length(struct state *state, const struct http_answer *answer, struct err *err)
{
    const char *length = http_field(answer, "Content-Length");
    const char *coding = http_field(answer, "Transfer-Encoding");
    const bool framed = coding || strncmp(answer->head.at, "HTTP/1", 6) != 0;

    if (state->size == DOWNLOAD_UNKNOWN && length) state->size = strtoull(length, NULL, 10);
    if (length && strtoull(length, NULL, 10) != state->size)
        return complain(state, err, "the file has another length than what is promised");
    return state->size != DOWNLOAD_UNKNOWN || framed ||
           complain(state, err, "the server does not say how long the file is");
}

static bool on_begin(void *context, const struct http_answer *answer, struct err *err)
{
    struct state *state = context;

    if (answer->status == 206) return check_range(state, http_field(answer, "Content-Range"), err);
    if (answer->status != 200) return complain(state, err, "the answer is not the file");
    return (state->have == 0 || begin_again(state, err)) && check_length(state, answer, err);
}

static bool on_take(void *context, const char *data, size_t len, struct err *err)
{
    struct state *state = context;

    if (len > state->size - state->have)
        return complain(state, err, "more came than what is promised");
    digest_add(&state->digest, data, len);
    while (len) {
        const ssize_t put = pwrite(state->fd, data, len, (off_t)state->have);

        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            state->wrong_disk = true;
            return err_errno(err, "%s: cannot write", state->download->partial);
        }
        data += put;
        len -= (size_t)put;
        state->have += (uint64_t)put;
    }
    return true;
}

static bool on_progress(void *context, uint64_t bytes)
{
    const struct state *state = context;

    (void)bytes;
    return !state->download->progress ||
           state->download->progress(state->download->context, state->have);
}

/* One request for what is missing: 1, 0 when another one may go on, -1. What fails before the file
 * begins was tried again by http_ask. */
static int ask(struct http *http, struct state *state, struct err *err)
{
    const struct download *download = state->download;
    char *range = mem_format("Range: bytes=%llu-", (unsigned long long)state->have);
    char *etag = mem_format("If-Range: %s", download->etag ? download->etag : "");
    const char *fields[] = {range, download->digest ? NULL : etag, NULL};
    struct http_answer answer = {0};
    const struct http_request request = {.url = download->url,
                                         .token = download->token,
                                         .fields = state->have ? fields : NULL,
                                         .limit = INT64_MAX,
                                         .context = state,
                                         .begin = on_begin,
                                         .take = on_take,
                                         .progress = on_progress};
    int got = http_ask(http, &request, &answer, err) ? 1 : -1;

    if (got < 0 && answer.broken && answer.status / 100 == 2) got = 0;

    if (answer.status == 416 && state->have) got = begin_again(state, err) ? 0 : -1;
    if (got > 0 && state->size != DOWNLOAD_UNKNOWN && state->have < state->size)
        got = complain(state, err, "the answer ends early");
    if (state->wrong_disk) got = -1;
    mem_free(range);
    mem_free(etag);
    http_answer_release(&answer);
    return got;
}

/* Goes on as long as something comes, and gives up where nothing does. */
static bool fetch(struct http *http, struct state *state, struct err *err)
{
    unsigned tries = 0;
    int got = 0;

    while (state->have != state->size || state->size == DOWNLOAD_UNKNOWN) {
        const uint64_t had = state->have;

        if (had) state->spliced = true;
        if (had && !state->download->digest && !state->download->etag && !begin_again(state, err))
            return false;
        got = ask(http, state, err);
        if (got) break;
        tries = state->have > had ? 0 : tries + 1;
        if (tries == http_tries(http)) return false;
        http_pause(http, tries);
    }
    return got >= 0;
}

static bool check(struct http *http, struct state *state, struct err *err)
{
    const struct download *download = state->download;
    const struct text url = url_shown(download->url);
    char found[65];

    if (!download->digest) return true;
    digest_end(&state->digest, found);
    if (strcmp(found, download->digest) == 0) return true;
    if (state->spliced) { /* what was there before was wrong, or the server mixed two files */
        if (!begin_again(state, err) || !fetch(http, state, err)) return false;
        digest_end(&state->digest, found);
        if (strcmp(found, download->digest) == 0) return true;
    }
    unlink(download->partial);
    return err_set(err, "%.*s: the bytes are not those promised: %s in place of %s", (int)url.len,
                   url.at, found, download->digest);
}

bool download_run(struct http *http, const struct download *download, struct err *err)
{
    struct state state = {.download = download, .fd = -1, .size = download->size};
    bool good = open_partial(&state, err) && fetch(http, &state, err) && check(http, &state, err);

    if (good && fsync(state.fd) != 0) good = err_errno(err, "%s: cannot sync", download->partial);
    if (state.fd >= 0) close(state.fd);
    return good;
}

int download_verify(const char *path, uint64_t size, const char *digest, struct err *err)
{
    struct digest own;
    struct stat found;
    char hex[65];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int got = 0;

    if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : (err_errno(err, "%s", path), -1);
    digest_init(&own, digest, size);
    if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && (uint64_t)found.st_size == size &&
        digest_file(&own, fd, size)) {
        digest_end(&own, hex);
        got = strcmp(hex, digest) == 0;
    }
    close(fd);
    return got;
}
