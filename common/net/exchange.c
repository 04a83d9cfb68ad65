#include "net/exchange.h"

#include "net/exchange_take.h"
#include "net/url.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CONNECT_SECONDS = 10, STALL_SECONDS = 30, STALL_BYTES = 1000 };

void *exchange_handle(void)
{
    CURL *handle = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;

    if (!handle) mem_alloc(SIZE_MAX); /* there is no memory: ends the program with its line */
    return handle;
}

void exchange_handle_close(void *handle)
{
    curl_easy_cleanup(handle);
}

static size_t on_field(char *line, size_t size, size_t count, void *context)
{
    return exchange_take_field(context, line, size * count) ? size * count : 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    return exchange_take_body(context, data, size * count) ? size * count : 0;
}

static size_t on_give(char *at, size_t size, size_t count, void *context)
{
    const long got = exchange_give(context, at, size * count);

    return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

/* A connection that was kept from before may turn out to be dead: libcurl begins again. */
static int on_seek(void *context, curl_off_t offset, int origin)
{
    struct exchange *exchange = context;

    if (origin != SEEK_SET || offset != 0) return CURL_SEEKFUNC_FAIL;
    exchange->sent = 0;
    return CURL_SEEKFUNC_OK;
}

static int on_progress(void *context, curl_off_t size, curl_off_t done, curl_off_t upload,
                       curl_off_t sent)
{
    const struct exchange *exchange = context;
    const struct http_request *request = exchange->request;

    (void)size, (void)done, (void)upload;
    if (!request->progress) return 0;
    return !request->progress(request->context,
                              request->body.size ? (uint64_t)sent : exchange->taken);
}

static bool has_field(const char *const *fields, const char *name)
{
    const size_t len = strlen(name);

    for (; fields && *fields; fields++)
        if (strncasecmp(*fields, name, len) == 0 && (*fields)[len] == ':') return true;
    return false;
}

static void add_field(struct curl_slist **list, const char *field)
{
    struct curl_slist *longer = curl_slist_append(*list, field);

    if (!longer) mem_alloc(SIZE_MAX);
    *list = longer;
}

/* libcurl would wait for a word of the server before it sends a body, and would call it a form. */
static struct curl_slist *fields_of(const struct exchange *exchange)
{
    const struct http_request *request = exchange->request;
    struct curl_slist *list = NULL;

    add_field(&list, "Accept-Encoding: identity");
    add_field(&list, "Expect:");
    if (!has_field(request->fields, "Content-Type")) add_field(&list, "Content-Type:");
    for (const char *const *field = request->fields; field && *field; field++)
        add_field(&list, *field);
    if (exchange->with_token && request->token) {
        char *field = mem_format("Authorization: Bearer %s", request->token);

        add_field(&list, field);
        explicit_bzero(field, strlen(field));
        mem_free(field);
    }
    return list;
}

static void set_limits(CURL *handle, const struct exchange *exchange)
{
    const struct http_request *request = exchange->request;
    const double stall = exchange->settings->stall;
    const long seconds = request->patience > 0 ? (long)(request->patience + 1)
                         : stall > 0           ? (long)(stall + 0.5)
                                               : STALL_SECONDS;
    const uint64_t limit = request->limit ? request->limit : HTTP_LIMIT;

    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, seconds > 0 ? seconds : 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT,
                     request->patience > 0 ? 1L : (long)STALL_BYTES);
    curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE,
                     (curl_off_t)(limit < INT64_MAX ? limit : INT64_MAX));
}

static void set_method(CURL *handle, struct exchange *exchange)
{
    const struct http_request *request = exchange->request;
    const char *method = request->method ? request->method : "GET";

    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    } else if (request->body.size || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0) {
        curl_easy_setopt(handle, CURLOPT_POST, 1L);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
        curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_give);
        curl_easy_setopt(handle, CURLOPT_READDATA, exchange);
        curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(handle, CURLOPT_SEEKDATA, exchange);
        if (strcmp(method, "POST") != 0) curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
    } else if (strcmp(method, "GET") != 0) {
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
    }
}

static void set_all(CURL *handle, struct exchange *exchange, struct curl_slist *fields,
                    char *detail)
{
    curl_easy_reset(handle); /* the connections stay */
    curl_easy_setopt(handle, CURLOPT_URL, exchange->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
    if (exchange->loopback) curl_easy_setopt(handle, CURLOPT_PROXY, "");
    if (exchange->settings->agent)
        curl_easy_setopt(handle, CURLOPT_USERAGENT, exchange->settings->agent);
    if (exchange->settings->cacert)
        curl_easy_setopt(handle, CURLOPT_CAINFO, exchange->settings->cacert);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_field);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, exchange);
    set_limits(handle, exchange);
    set_method(handle, exchange);
}

/* A server that closes while TLS writes would end the program: here it is an error like others. */
static CURLcode perform(CURL *handle)
{
    const struct timespec now = {0};
    sigset_t pipe, old, pending;
    CURLcode code;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &old);
    code = curl_easy_perform(handle);
    if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) && !sigismember(&old, SIGPIPE))
        sigtimedwait(&pipe, NULL, &now);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return code;
}

static enum exchange_end explain(const struct exchange *exchange, CURLcode code, const char *detail,
                                 struct err *err)
{
    const struct text url = url_shown(exchange->url);
    const char *file = exchange->settings->cacert;
    enum exchange_end end = EXCHANGE_BROKEN;

    switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
        err_set(err, "%s is not known",
                code == CURLE_COULDNT_RESOLVE_HOST ? "the host" : "the proxy");
        end = EXCHANGE_UNMADE;
        break;
    case CURLE_COULDNT_CONNECT:
        err_set(err, "no connection (%s)", detail);
        end = EXCHANGE_UNMADE;
        break;
    case CURLE_OPERATION_TIMEDOUT: err_set(err, "the server is too slow (%s)", detail); break;
    case CURLE_PARTIAL_FILE: err_set(err, "the answer ends early (%s)", detail); break;
    case CURLE_GOT_NOTHING: err_set(err, "the server closed without an answer"); break;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: err_set(err, "the connection broke (%s)", detail); break;
    case CURLE_FILESIZE_EXCEEDED:
        err_set(err, "the answer is longer than what is asked for");
        end = EXCHANGE_FAILED;
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
        err_set(err, "the certificate is not trusted (%s)", detail);
        end = EXCHANGE_FAILED;
        break;
    case CURLE_SSL_CACERT_BADFILE:
        err_set(err, "%s: no certificates can be read from it", file ? file : "the system's store");
        end = EXCHANGE_FAILED;
        break;
    default: err_set(err, "%s", *detail ? detail : curl_easy_strerror(code)); end = EXCHANGE_FAILED;
    }
    err_prefix(err, "%.*s", (int)url.len, url.at);
    return end;
}

enum exchange_end exchange_run(struct exchange *exchange, struct err *err)
{
    char detail[CURL_ERROR_SIZE] = "", *next = NULL;
    struct curl_slist *fields = fields_of(exchange);
    CURL *handle = exchange->handle;
    CURLcode code;

    exchange->err = err;
    exchange->answer->head.len = exchange->answer->body.len = 0;
    exchange->answer->status = 0;
    set_all(handle, exchange, fields, detail);
    code = perform(handle);
    if (code == CURLE_OK) exchange_take_end(exchange);
    curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &next);
    exchange->next = next ? mem_copy_text(next) : NULL;
    curl_easy_reset(handle);
    curl_slist_free_all(fields);
    buffer_release(&exchange->line);
    buffer_byte(&exchange->answer->body, '\0');
    exchange->answer->body.len--;
    if (exchange->failed) return EXCHANGE_FAILED;
    if (code == CURLE_OK || exchange->enough || exchange->answer->status >= 300)
        return EXCHANGE_ANSWERED; /* a refusal says what it has to say in its head */
    if (code == CURLE_ABORTED_BY_CALLBACK) return err_set(err, "stopped"), EXCHANGE_FAILED;
    return explain(exchange, code, detail, err);
}
