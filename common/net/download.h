/* A file from a server, as it was promised or not at all, however often the line breaks.
 *
 * The bytes go to a partial file, which stays when a download fails or the program is killed: the
 * next one goes on behind what is there. That is done only where something proves that old and new
 * bytes belong together: a digest of the whole, or an ETag for the server to compare. */
#ifndef NET_DOWNLOAD_H
#define NET_DOWNLOAD_H

#include "net/http.h"

#define DOWNLOAD_UNKNOWN UINT64_MAX

struct download {
    const char *url;
    const char *token;   /* as in http_request */
    const char *partial; /* where the bytes go; of one process at a time */
    uint64_t size;       /* of the file, or DOWNLOAD_UNKNOWN */
    const char *digest;  /* 64 hexadecimal digits: SHA-256; 40: git's name of the blob, which needs
                            the size; or NULL */
    const char *etag;    /* as the server wrote it, where there is no digest; or NULL */
    void *context;
    bool (*progress)(void *context, uint64_t bytes); /* there already; or NULL */
};

/* At the end the partial file is whole, checked and on the disk: the caller renames it. A digest
 * that is not the promised one removes it. */
bool download_run(struct http *http, const struct download *download, struct err *err);

/* Does a file have this size and digest? 1, 0 when not or when there is none, -1. */
int download_verify(const char *path, uint64_t size, const char *digest, struct err *err);

#endif
