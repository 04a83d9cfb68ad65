/* A repository of the hub, asked over the net: what it holds, and what went wrong with a remedy. */
#ifndef PULL_REPOSITORY_H
#define PULL_REPOSITORY_H

#include "net/http.h"
#include "pull/listing.h"

struct repository {
    const char *endpoint; /* 'https://huggingface.co', without a slash at its end */
    const char *token;    /* or NULL */
    const char *name;     /* '[ORGANISATION/]NAME', a good one */
    struct http *http;
};

/* The files at a revision; the caller releases listing. */
bool repository_list(const struct repository *repository, const char *revision,
                     struct listing *listing, struct err *err);

/* Asks for size and ETag of a file, to fill in what the listing lacks: what refuses this would
 * refuse the file, too. */
bool repository_ask(const struct repository *repository, const char *commit, struct listed *file,
                    struct err *err);

/* Where a file lies; the caller frees it. */
char *repository_url(const struct repository *repository, const char *commit, const char *file);

#endif
