/* A file that appears whole under its name, or not at all.
 *
 * The bytes go to a nameless file in the same folder; outfile_commit syncs them, gives them a name
 * of their own and renames that over the old file, then syncs the folder. A program killed at any
 * moment leaves the old file. Standard output, devices and pipes are written straight. */
#ifndef CORE_OUTFILE_H
#define CORE_OUTFILE_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

struct outfile {
    const char *path; /* borrowed; NULL is standard output */
    int fd;
    int folder;       /* -1 when there is nothing to rename */
    char *temporary;  /* the name in the folder until the rename, or NULL */
    const char *name; /* path without its folder */
    bool named;       /* the temporary is in the folder already */
    struct buffer pending;
    uint64_t written; /* bytes handed to outfile_write, pending ones too */
    uint64_t started; /* bytes the kernel was already asked to put on the disk */
};

bool outfile_open(struct outfile *out, const char *path, struct err *err);
bool outfile_write(struct outfile *out, const void *data, size_t len, struct err *err);

/* Writes what is pending, so that a reader of a pipe sees it now. */
bool outfile_flush(struct outfile *out, struct err *err);

/* Ends the file. outfile_sync puts everything on the disk under a temporary name,
 * outfile_publish gives it its own: several files can so appear close together. */
bool outfile_sync(struct outfile *out, struct err *err);
bool outfile_publish(struct outfile *out, struct err *err);
bool outfile_commit(struct outfile *out, struct err *err); /* both */

void outfile_abandon(struct outfile *out); /* after a failure; also fine after a commit */

#endif
