#include "net/http.h"

#include "net/exchange.h"
#include "net/refusal.h"
#include "net/url.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { REDIRECTS = 5, TRIES = 3, WAIT_LIMIT = 120 };

struct http {
    struct http_settings settings;
    void *handle;
};

/* How one try of a request ended. */
enum outcome { OUTCOME_GOOD, OUTCOME_LATER, OUTCOME_BAD };

struct http *http_open(const struct http_settings *settings)
{
    struct http *http = mem_zero(1, sizeof *http);

    http->settings = *settings;
    http->handle = exchange_handle();
    return http;
}

unsigned http_tries(const struct http *http)
{
    return http->settings.tries ? http->settings.tries : TRIES;
}

void http_close(struct http *http)
{
    if (!http) return;
    exchange_handle_close(http->handle);
    mem_free(http);
}

void http_answer_release(struct http_answer *answer)
{
    buffer_release(&answer->head);
    buffer_release(&answer->body);
    buffer_release(&answer->where);
    *answer = (struct http_answer){0};
}

const char *http_field(const struct http_answer *answer, const char *name)
{
    const char *at = answer->head.at, *end = at ? at + answer->head.len : at;
    const size_t len = strlen(name);

    for (; at < end; at += strlen(at) + 1) {
        if (strncasecmp(at, name, len) != 0 || at[len] != ':') continue;
        at += len + 1;
        return at + strspn(at, " \t");
    }
    return NULL;
}

/* May this address be asked at all? */
static bool check_address(const struct http *http, const char *text, struct url *url,
                          struct err *err)
{
    const struct text shown = url_shown(text);

    if (!url_parse(url, text, err)) return false;
    return url->secure || url->loopback || http->settings.allow_plain ||
           err_set(err,
                   "%.*s: plain http to another machine can be read and changed on its way: "
                   "--allow-http permits it",
                   (int)shown.len, shown.at);
}

/* Where a redirect leads: from a machine elsewhere neither to plain http nor to this one. */
static bool check_redirect(const struct http *http, const struct url *from, const char *text,
                           struct url *to, struct err *err)
{
    struct err why;

    if (!url_parse(to, text, &why)) return err_set(err, "a redirect leads astray: %s", why.text);
    if (from->secure && !to->secure && !http->settings.allow_plain)
        return err_set(err, "a redirect leads from https to http");
    if (to->loopback && !from->loopback)
        return err_set(err, "a redirect leads from another machine to this one");
    return to->secure || to->loopback || http->settings.allow_plain ||
           err_set(err, "a redirect leads to plain http on another machine");
}

static bool is_redirect(const struct exchange *exchange)
{
    const long status = exchange->answer->status;

    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

static bool is_reading(const struct http_request *request)
{
    return !request->method || strcmp(request->method, "GET") == 0 ||
           strcmp(request->method, "HEAD") == 0;
}

static enum outcome judge(const struct exchange *exchange, enum exchange_end end, struct err *err)
{
    const struct http_request *request = exchange->request;
    const bool post = request->method && strcmp(request->method, "POST") == 0;
    const bool again = !exchange->handed && (!post || request->again);
    const long status = exchange->answer->status;

    exchange->answer->broken = end == EXCHANGE_BROKEN || end == EXCHANGE_UNMADE;
    if (end == EXCHANGE_FAILED) return OUTCOME_BAD;
    if (end == EXCHANGE_UNMADE) return OUTCOME_LATER;
    if (end == EXCHANGE_BROKEN) return again ? OUTCOME_LATER : OUTCOME_BAD;
    if (status / 100 == 2) return OUTCOME_GOOD;
    refusal_tell(exchange->answer, err);
    if (status == 408 || status == 429) return OUTCOME_LATER; /* it was not worked on */
    return again && status >= 500 && status != 501 && status != 507 ? OUTCOME_LATER : OUTCOME_BAD;
}

/* One address; a redirect to be followed leaves where it leads in exchange->next. */
static enum outcome visit(struct http *http, struct exchange *exchange, const struct url *url,
                          const struct url *first, struct err *err)
{
    struct buffer *where = &exchange->answer->where;
    enum exchange_end end;

    where->len = 0;
    buffer_add(where, exchange->url, strlen(exchange->url) + 1);
    where->len--;
    exchange->handle = http->handle;
    exchange->loopback = url->loopback;
    exchange->with_token = url_same_origin(url, first) && (url->secure || url->loopback);
    end = exchange_run(exchange, err);
    return end == EXCHANGE_ANSWERED && is_redirect(exchange) ? OUTCOME_GOOD
                                                             : judge(exchange, end, err);
}

/* Decides about a redirect: true when address, which is now url, is to be visited next. */
static bool redirected(struct http *http, const struct exchange *exchange, struct url *url,
                       enum outcome *outcome, struct err *err)
{
    const struct http_request *request = exchange->request;
    const struct text shown = url_shown(exchange->url);
    const struct url from = *url;

    *outcome = OUTCOME_BAD;
    if (!exchange->next) {
        if (http_field(exchange->answer, "Location"))
            err_set(err, "a redirect leads to no address that can be asked");
        else
            err_set(err, "a redirect does not say where to");
    } else if (!is_reading(request)) {
        const struct text to = url_shown(exchange->next);

        err_set(err, "the request is redirected to %.*s: ask there", (int)to.len, to.at);
    } else if (check_redirect(http, &from, exchange->next, url, err)) {
        if (!request->stay || url_same_origin(&from, url)) return true;
        *outcome = OUTCOME_GOOD;
        return false;
    }
    return err_prefix(err, "%.*s", (int)shown.len, shown.at);
}

static enum outcome try_once(struct http *http, const struct http_request *request,
                             const struct url *first, struct http_answer *answer, struct err *err)
{
    char *address = mem_copy_text(request->url);
    struct url url = *first;

    for (int hops = 0; hops <= REDIRECTS; hops++) {
        struct exchange exchange = {
            .settings = &http->settings, .request = request, .answer = answer, .url = address};
        enum outcome outcome = visit(http, &exchange, &url, first, err);
        const bool on = outcome == OUTCOME_GOOD && is_redirect(&exchange) &&
                        redirected(http, &exchange, &url, &outcome, err);

        mem_free(address);
        address = exchange.next;
        if (on) continue;
        mem_free(address);
        return outcome;
    }
    mem_free(address);
    err_set(err, "%.*s: more than %d redirects", (int)url_shown(request->url).len, request->url,
            REDIRECTS);
    return OUTCOME_BAD;
}

static void rest(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds,
                            .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};

    while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

static double pause_of(const struct http *http, unsigned tries)
{
    return (http->settings.pause > 0 ? http->settings.pause : 1) *
           (double)(1U << (tries < 6 ? tries : 6));
}

void http_pause(const struct http *http, unsigned tries)
{
    rest(pause_of(http, tries));
}

/* False when the server asks for more patience than anybody has. */
static bool may_wait(const struct http_answer *answer, struct err *err)
{
    const double asked = refusal_wait(answer);
    const struct err why = *err;

    return asked <= WAIT_LIMIT || err_set(err, "%s (come again in %.0f s)", why.text, asked);
}

static void wait_for(const struct http *http, const struct http_answer *answer, unsigned tries)
{
    const double asked = refusal_wait(answer), own = pause_of(http, tries);

    rest(asked > own ? asked : own);
}

bool http_ask(struct http *http, const struct http_request *request, struct http_answer *answer,
              struct err *err)
{
    const unsigned most = http_tries(http);
    struct url url;

    answer->status = 0;
    answer->broken = false;
    answer->head.len = answer->body.len = answer->where.len = 0;
    if (!check_address(http, request->url, &url, err)) return false;
    for (unsigned tries = 0;; tries++) {
        const enum outcome outcome = try_once(http, request, &url, answer, err);

        if (outcome == OUTCOME_GOOD) return true;
        if (outcome == OUTCOME_BAD || !may_wait(answer, err) || tries + 1 == most) return false;
        wait_for(http, answer, tries);
    }
}
