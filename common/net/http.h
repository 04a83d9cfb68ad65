/* Asking a server: one request, one answer that came whole, or one line that says why not.
 *
 *     struct http *http = http_open(&(struct http_settings){.agent = "dpo-pull/1"});
 *     struct http_answer answer = {0};
 *     if (!http_ask(http, &(struct http_request){.url = url}, &answer, &err)) ...
 *     http_answer_release(&answer);
 *     http_close(http);
 *
 * What holds for every request: plain http goes to this machine only, unless allow_plain; no proxy
 * stands before this machine, others come from the environment; at most 5 redirects, from https to
 * https alone; a token goes to the host that was asked and to no other, and over plain http to this
 * machine alone; a connection is there within 10 s, and an answer that stalls is given up; a body
 * is no longer than limit. What failed on the way (no connection, a stall, a cut, 408, 429, 5xx) is
 * tried again, later each time, as long as nothing of the answer was handed on. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

#define HTTP_LIMIT ((uint64_t)32 << 20) /* bytes of an answer, where a request has no limit */
#define HTTP_LINE ((size_t)4 << 20)     /* bytes of a line, with lines */

struct http; /* connections that are used again; for one thread at a time */

struct http_settings {
    const char *agent;  /* who asks: 'dpo-pull/1.0' */
    const char *cacert; /* a file of certificates in place of the system's; or NULL */
    bool allow_plain;   /* http to other machines */
    unsigned tries;     /* 0: 3 */
    double stall;       /* seconds of less than 1000 bytes a second; 0: 30 */
    double pause;       /* seconds before the second try, doubled for each later one; 0: 1 */
};

/* Sent from memory, or where that is NULL from a file: size bytes from its beginning. */
struct http_body {
    const void *at;
    uint64_t size;
    int fd;             /* counts where at is NULL and size is not 0; it can be read at any place */
    const char *sha256; /* of the file, 64 digits: another one never arrives whole; or NULL */
};

struct http_answer {
    long status;         /* of the last answer; 0 when none came */
    bool broken;         /* what failed, failed on the way: another try may go better */
    struct buffer head;  /* its lines, each ended by a zero byte: see http_field */
    struct buffer body;  /* terminated; empty where a request's take got it */
    struct buffer where; /* the address that gave it, terminated */
};

struct http_request {
    const char *method; /* NULL: GET; HEAD, POST, PUT, DELETE */
    const char *url;
    const char *token;         /* for 'Authorization: Bearer'; or NULL */
    const char *const *fields; /* 'Name: value', ended by NULL; or NULL. No secrets here */
    struct http_body body;
    uint64_t limit;  /* bytes of an answer; 0: HTTP_LIMIT */
    double patience; /* seconds in which no byte may come, in place of the settings' stall; or 0 */
    bool again;      /* a POST that may be sent twice. Others are sent again when no connection
                        was made, all other methods after any failure */
    bool stay;       /* a redirect to another host is an answer, not followed */
    bool lines;      /* take gets line after line, without their ends, empty ones left out */
    void *context;

    /* Either may be NULL. begin sees status and head of an answer that succeeded; take gets its
     * body, which then does not come in the answer. False ends the request with err. */
    bool (*begin)(void *context, const struct http_answer *answer, struct err *err);
    bool (*take)(void *context, const char *data, size_t len, struct err *err);

    /* Called several times a second, with the bytes of the body sent, or taken; or NULL. False
     * ends the request. */
    bool (*progress)(void *context, uint64_t bytes);
};

struct http *http_open(const struct http_settings *settings); /* texts are borrowed */
void http_close(struct http *http);

/* True when the status is 2xx, or 3xx of stay. Otherwise err names the address and the cause, in
 * the server's words where it has any; answer->status tells a refusal (404) from a failure (0).
 * answer is all zero, or an earlier one, used again. */
bool http_ask(struct http *http, const struct http_request *request, struct http_answer *answer,
              struct err *err);
unsigned http_tries(const struct http *http);             /* of each request, at most */
void http_pause(const struct http *http, unsigned tries); /* before another try */
void http_answer_release(struct http_answer *answer);

/* The value of a field, whatever the case of its name; NULL when it is missing. */
const char *http_field(const struct http_answer *answer, const char *name);

#endif
