/* Several files at once from one server, each whole under its name or not there. */
#ifndef PULL_FETCH_H
#define PULL_FETCH_H

#include "net/http.h"

struct fetched {
    char *url;
    char *partial;      /* stays when the fetch fails, for the next one to go on with */
    char *final;        /* what it is called when it is whole */
    uint64_t size;      /* or DOWNLOAD_UNKNOWN */
    const char *digest; /* as in struct download */
    const char *etag;
};

struct fetch {
    struct http_settings http;
    const char *token;
    size_t threads;
    struct fetched *files;
    size_t count;
    void *context;

    /* Called in the caller's thread, a few times a second; or NULL. */
    void (*progress)(void *context, uint64_t done, uint64_t total);
};

/* The first failure ends the others. */
bool fetch_all(struct fetch *fetch, struct err *err);

/* Gives a file that is on the disk its name, for good. */
bool fetch_rename(const char *from, const char *to, struct err *err);

#endif
