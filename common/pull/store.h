/* Where the files of a repository are put: into the hub's cache, as its own tools do (place/hub),
 * or into a plain folder. One process at a time puts files there. */
#ifndef PULL_STORE_H
#define PULL_STORE_H

#include "pull/fetch.h"
#include "pull/listing.h"

struct store {
    char *folder; /* of the repository in the cache, or the plain one */
    char *cached; /* of the repository in the cache, to copy from; NULL where there is no cache */
    char *result; /* the folder of the model: a snapshot, or the plain one */
    bool plain;
    int lock;
};

/* directory is NULL for the cache. 1, 0 while another process puts files there, -1. */
int store_open(struct store *store, const char *repository, const char *commit,
               const char *directory, struct err *err);

/* Is the file there? 1, 0 when it is to be fetched: then the paths in fetched are filled, for the
 * caller to free; -1. */
int store_look(const struct store *store, const struct listed *file, struct fetched *fetched,
               struct err *err);

/* Makes what is there, or was fetched, a file of the model. */
bool store_place(const struct store *store, const struct listed *file, struct err *err);

/* The end: from now on the revision is this commit. */
bool store_refer(const struct store *store, const char *revision, const char *commit,
                 struct err *err);
char *store_path(const struct store *store, const char *file); /* the caller frees it */
void store_close(struct store *store);

#endif
