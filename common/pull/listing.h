/* The files of a repository of the hub at one commit, as its servers list them:
 *
 *     {"sha": COMMIT, "siblings": [{"rfilename": "config.json", "size": 659, "blobId": SHA-1},
 *                                  {..., "lfs": {"sha256": SHA-256, "size": 988097824}}]}
 *
 * Some servers give the names alone. */
#ifndef PULL_LISTING_H
#define PULL_LISTING_H

#include "core/err.h"
#include "core/memory.h"
#include "net/download.h"

#include <stdint.h>

#define LISTING_UNKNOWN DOWNLOAD_UNKNOWN
#define LISTING_ETAG 129

struct listed {
    char *name;              /* below the repository; leads nowhere else */
    uint64_t size;           /* or LISTING_UNKNOWN */
    char etag[LISTING_ETAG]; /* the name of its content, of letters, digits, '.', '_', '-'; or "" */
};

struct listing {
    char commit[41];
    struct listed *files; /* in the order of their names */
    size_t count, room;
};

/* path is what to call the text. Names that could not be a file's here are left out. */
bool listing_parse(struct listing *listing, struct text json, const char *path, struct err *err);
void listing_release(struct listing *listing);

struct listed *listing_find(const struct listing *listing, const char *name); /* or NULL */

/* Takes an ETag as a server wrote it, with its quotes; false when it can name no file. */
bool listed_set_etag(struct listed *file, const char *etag);

/* The digest that the content must have: its etag, when that is one; else NULL. */
const char *listed_digest(const struct listed *file);

#endif
