/* A server on this machine for tests of what asks servers. A route is a method, a path and a
 * function that answers:
 *
 *     static void hello(struct call *call) { server_reply(call, 200, NULL, TEXT("hello\n")); }
 *     static const struct route routes[] = {{"GET", "/hello", hello}, {0}};
 *     struct server *server = server_start(routes, NULL);
 *     ... server_url(server, "/hello") ...
 *     server_stop(server);
 *
 * Each connection has a thread of its own, so answers may be slow. */
#ifndef TESTS_UNIT_SERVER_H
#define TESTS_UNIT_SERVER_H

#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct server;

struct call {
    struct server *server;
    void *context; /* of server_start */
    int fd;
    char *head; /* of the request, terminated */
    const char *method;
    const char *path;   /* without its query */
    const char *query;  /* behind the '?', or "" */
    const char *tail;   /* of the path, behind what a route's '*' stands for */
    uint64_t length;    /* of the body that is announced */
    struct buffer body; /* read already, unless the route is early; terminated */
    bool keep;          /* the connection is good for another call */
};

struct route {
    const char *method; /* NULL: any */
    const char *path;   /* whole, or up to a '*' at its end */
    void (*answer)(struct call *call);
    bool early; /* called before the body is read */
};

/* routes end with a row without answer, and are borrowed; the first that fits counts. */
struct server *server_start(const struct route *routes, void *context);
void server_stop(struct server *server); /* when the handlers that run have ended */
unsigned server_port(const struct server *server);

/* 'http://127.0.0.1:PORT/path'; good until server_stop. */
const char *server_url(struct server *server, const char *path);

/* The calls so far, each as 'METHOD PATH[?QUERY]' and, where there is one, its token, its Range and
 * its If-Range: 'GET /a token=t range=bytes=5- if="e"'. One a line; the caller frees it. */
char *server_log(struct server *server);
size_t server_calls(struct server *server, const char *like); /* lines that hold it */
void server_forget(struct server *server);
void server_log_to(struct server *server, const char *path); /* as well */

/* What a handler says. fields is NULL or whole lines ('A: b\r\n'). */
void server_reply(struct call *call, int status, const char *fields, struct text body);
bool server_say(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool server_send(struct call *call, const void *at, size_t len); /* false: nobody listens */
char *server_field(const struct call *call, const char *name);   /* NULL; the caller frees it */
void server_sleep(double seconds);

/* Answers with content, or the part of it that Range asks for, unless If-Range names another etag
 * (in quotes; NULL for none). */
void server_content(struct call *call, const char *fields, const char *etag, struct text content);

#endif
