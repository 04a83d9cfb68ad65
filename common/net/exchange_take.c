#include "net/exchange_take.h"

#include "net/url.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { HEAD_LIMIT = 256 << 10, REFUSAL_LIMIT = 64 << 10 };

/* The same again, after the address: false. */
#define EXCHANGE_FAIL(exchange, ...)                                                               \
    (err_set((exchange)->err, __VA_ARGS__), exchange_blame(exchange))

static bool exchange_blame(struct exchange *exchange)
{
    const struct text shown = url_shown(exchange->url);

    exchange->failed = true;
    return err_prefix(exchange->err, "%.*s", (int)shown.len, shown.at);
}

static bool succeeded(const struct exchange *exchange)
{
    return exchange->answer->status / 100 == 2;
}

static uint64_t limit_of(const struct exchange *exchange)
{
    return exchange->request->limit ? exchange->request->limit : HTTP_LIMIT;
}

/* 'HTTP/1.1 200 OK': a new answer, behind one of 1xx or a proxy's. */
static bool take_status(struct exchange *exchange, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    const size_t rest = space ? len - (size_t)(space - line) : 0;

    exchange->answer->head.len = 0;
    exchange->answer->status = 0;
    for (size_t i = 1; i <= 3 && i < rest; i++) {
        if (space[i] < '0' || space[i] > '9') break;
        exchange->answer->status = exchange->answer->status * 10 + (space[i] - '0');
    }
    return exchange->answer->status >= 100 || EXCHANGE_FAIL(exchange, "the answer has no status");
}

static bool call_begin(struct exchange *exchange)
{
    if (exchange->headed) return true;
    exchange->headed = true;
    if (!succeeded(exchange) || !exchange->request->begin) return true;
    exchange->handed = true;
    if (exchange->request->begin(exchange->request->context, exchange->answer, exchange->err))
        return true;
    exchange->failed = true;
    return false;
}

/* An encoding was not asked for: the bytes would not be those that were promised. */
static bool take_end_of_head(struct exchange *exchange)
{
    const char *encoding = http_field(exchange->answer, "Content-Encoding");

    if (exchange->answer->status < 200) return true;
    if (succeeded(exchange) && encoding && *encoding && strcasecmp(encoding, "identity") != 0)
        return EXCHANGE_FAIL(exchange, "the answer is packed as '%.40s', which nobody asked for",
                             encoding);
    return call_begin(exchange);
}

bool exchange_take_field(struct exchange *exchange, const char *line, size_t len)
{
    struct buffer *head = &exchange->answer->head;

    if (exchange->headed) return true; /* what stands behind a body in pieces says nothing */
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0 && !take_status(exchange, line, len))
        return false;
    while (len && (line[len - 1] == '\n' || line[len - 1] == '\r')) len--;
    if (len == 0) return take_end_of_head(exchange);
    if (head->len + len >= HEAD_LIMIT)
        return EXCHANGE_FAIL(exchange, "the fields of the answer have more than %d bytes",
                             HEAD_LIMIT);
    buffer_add(head, line, len);
    buffer_byte(head, '\0');
    return true;
}

static bool hand(struct exchange *exchange, const char *data, size_t len)
{
    exchange->handed = true;
    if (exchange->request->take(exchange->request->context, data, len, exchange->err)) return true;
    exchange->failed = true;
    return false;
}

static bool hand_line(struct exchange *exchange)
{
    struct buffer *line = &exchange->line;
    size_t len = line->len;

    line->len = 0;
    if (len && line->at[len - 1] == '\r') len--;
    return len == 0 || hand(exchange, line->at, len);
}

static bool take_lines(struct exchange *exchange, const char *data, size_t len)
{
    while (len) {
        const char *end = memchr(data, '\n', len);
        const size_t part = end ? (size_t)(end - data) : len;

        if (exchange->line.len + part > HTTP_LINE)
            return EXCHANGE_FAIL(exchange, "a line of the answer has more than %zu bytes",
                                 HTTP_LINE);
        buffer_add(&exchange->line, data, part);
        if (!end) return true;
        if (!hand_line(exchange)) return false;
        data = end + 1;
        len -= part + 1;
    }
    return true;
}

/* Of a refusal the beginning is enough: it is shown to people. */
static bool take_refusal(struct exchange *exchange, const char *data, size_t len)
{
    struct buffer *body = &exchange->answer->body;
    const size_t room = REFUSAL_LIMIT - body->len;

    buffer_add(body, data, len < room ? len : room);
    exchange->enough = len >= room;
    return !exchange->enough;
}

bool exchange_take_body(struct exchange *exchange, const char *data, size_t len)
{
    const uint64_t limit = limit_of(exchange);

    if (!succeeded(exchange)) return take_refusal(exchange, data, len);
    if (len > limit - exchange->taken)
        return EXCHANGE_FAIL(exchange, "the answer has more than %llu bytes",
                             (unsigned long long)limit);
    exchange->taken += len;
    if (exchange->request->take && exchange->request->lines) return take_lines(exchange, data, len);
    if (exchange->request->take) return hand(exchange, data, len);
    buffer_add(&exchange->answer->body, data, len);
    return true;
}

bool exchange_take_end(struct exchange *exchange)
{
    return call_begin(exchange) && (exchange->line.len == 0 || hand_line(exchange));
}

/* The last bytes leave only when all were those that were promised. */
static bool check_digest(struct exchange *exchange)
{
    char digest[65];

    if (!exchange->request->body.sha256) return true;
    sha256_hex(&exchange->sha, digest);
    return strcmp(digest, exchange->request->body.sha256) == 0 ||
           EXCHANGE_FAIL(exchange, "the file changed while it was sent");
}

static long give_from_file(struct exchange *exchange, char *at, size_t room)
{
    const struct http_body *body = &exchange->request->body;
    ssize_t got;

    do got = pread(body->fd, at, room, (off_t)exchange->sent);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_errno(exchange->err, "cannot read what is to be sent"),
               exchange_blame(exchange) - 1L;
    if (got == 0) return EXCHANGE_FAIL(exchange, "the file shrank while it was sent") - 1L;
    if (exchange->sent == 0) sha256_init(&exchange->sha);
    if (body->sha256) sha256_add(&exchange->sha, at, (size_t)got);
    if (exchange->sent + (uint64_t)got == body->size && !check_digest(exchange)) return -1;
    return got;
}

long exchange_give(struct exchange *exchange, char *at, size_t room)
{
    const struct http_body *body = &exchange->request->body;
    const uint64_t left = body->size - exchange->sent;
    long got = (long)(left < room ? left : room);

    if (got == 0) return 0;
    if (body->at)
        memcpy(at, (const char *)body->at + exchange->sent, (size_t)got);
    else
        got = give_from_file(exchange, at, (size_t)got);
    if (got > 0) exchange->sent += (uint64_t)got;
    return got;
}
