/* A model, fetched: from the hub into its cache or a folder, or one file from an address. */
#ifndef PULL_PULL_H
#define PULL_PULL_H

#include "pull/fetch.h"
#include "pull/listing.h"

struct pull {
    struct http_settings http;
    const char *endpoint;  /* of the hub, without a slash at its end */
    const char *token;     /* or NULL */
    const char *name;      /* '[ORGANISATION/]NAME' */
    const char *revision;  /* a branch, a tag or a commit */
    const char *file;      /* the only one that is wanted, or NULL for a model's */
    const char *directory; /* NULL: the cache */
    bool offline;          /* ask nobody: a model is what the cache holds */
    size_t threads;
    void *context;
    void (*progress)(void *context, uint64_t done, uint64_t total); /* or NULL */

    /* What came of it. */
    char *path; /* of the folder, or of the file that was wanted; owned, see pull_release */
    size_t fetched, present;
    uint64_t bytes; /* of the files */
    bool busy;      /* it failed since another run is at it */
};

/* When it fails, what was fetched is kept, and the next one goes on from there. */
bool pull_model(struct pull *pull, struct err *err);

/* What could be fetched; the caller releases listing. */
bool pull_list(const struct pull *pull, struct listing *listing, struct err *err);

/* One file by its address, to output. The token goes to the endpoint alone. */
bool pull_address(struct pull *pull, const char *url, const char *output, struct err *err);
void pull_release(struct pull *pull);

#endif
