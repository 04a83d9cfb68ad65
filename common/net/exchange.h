/* One request and its answer over one connection: no redirect is followed, nothing is tried again.
 * The only place that knows libcurl. */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include "hash/sha256.h"
#include "net/http.h"

enum exchange_end {
    EXCHANGE_ANSWERED, /* answer->status says what */
    EXCHANGE_BROKEN,   /* on the way: another try may succeed */
    EXCHANGE_UNMADE,   /* the same, and nothing was sent */
    EXCHANGE_FAILED    /* for good: what came, or somebody's callback, forbids to go on */
};

struct exchange {
    void *handle; /* from exchange_handle */
    const struct http_settings *settings;
    const struct http_request *request;
    struct http_answer *answer;
    const char *url;
    bool loopback; /* the address: no proxy is asked */
    bool with_token;

    bool handed;         /* to begin or take: a second try would hand it twice */
    char *next;          /* where a redirect leads, absolute; owned by the caller from then on */
    bool headed, enough; /* all fields came; more of the body is not wanted */
    bool failed;         /* err is filled */
    uint64_t sent, taken;
    struct sha256 sha;
    struct buffer line;
    struct err *err;
};

void *exchange_handle(void);
void exchange_handle_close(void *handle);

enum exchange_end exchange_run(struct exchange *exchange, struct err *err);

#endif
