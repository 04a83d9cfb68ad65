/* Talking to an Ollama server.
 *
 *     client_open(&client, getenv("OLLAMA_HOST"), "dpo-deploy/1");
 *     if (!client_greet(&client, &err)) ...          is it there, and new enough?
 *     client_upload(...), client_create(...), client_copy(...)
 *     client_close(&client);
 *
 * A 200 proves nothing there: streams are read to their 'success', and any 'error' in any line is a
 * failure. Names of models are as people write them. */
#ifndef DEPLOY_CLIENT_H
#define DEPLOY_CLIENT_H

#include "core/err.h"
#include "net/http.h"

#include <stdbool.h>

struct client {
    struct http *http;
    struct buffer url; /* terminated, without a '/' at its end */
    char version[32];  /* after client_greet */
};

void client_open(struct client *client, const char *host, const char *agent);
void client_close(struct client *client);

bool client_greet(struct client *client, struct err *err);

/* The digest of what has that name: 1, 0 where nothing has, -1. */
int client_digest(struct client *client, const char *name, char digest[65], struct err *err);

bool client_copy(struct client *client, const char *from, const char *to, struct err *err);
bool client_delete(struct client *client, const char *name, struct err *err);

/* Sends a file that the server does not have yet. progress may be NULL; false from it ends the
 * transfer. *sent tells whether anything had to be sent. */
bool client_upload(struct client *client, int fd, uint64_t size, const char *sha256,
                   bool (*progress)(void *context, uint64_t bytes), bool *sent, struct err *err);

/* Asks for a stream of JSON lines; take sees each that is no error. */
bool client_stream(struct client *client, const char *path, struct text json,
                   bool (*take)(void *context, struct text line, struct err *err), void *context,
                   struct err *err);

/* The same to its 'success'. json is what create takes. */
bool client_create(struct client *client, struct text json, struct err *err);

#endif
