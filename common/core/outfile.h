/* A file that appears whole under its name, or not at all.
 *
 * The bytes go to a nameless file in the same folder; outfile_commit syncs them, gives them a name
 * of their own and renames that over the old file, whose permissions it keeps, then syncs the
 * folder. A program killed at any moment leaves the old file. Where a file system has no nameless
 * files the temporary has a name from the start. One with a name is removed when the program ends
 * by exit, SIGHUP, SIGINT, SIGPIPE or SIGTERM, or as core/mapped ends it, and otherwise by the next
 * program that opens the same file. Standard output, devices, pipes and all names in /dev and /proc
 * are written straight; other links are replaced when they lead to a regular file or to nothing.
 * One thread opens and ends the files of a program. */
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

/* NULL and '-' are standard output. The descriptor of a file to be renamed can be read, too. */
bool outfile_open(struct outfile *out, const char *path, struct err *err);

/* Would both end in one file? Compares what they are, not how their names are spelled. */
bool outfile_same(const struct outfile *a, const struct outfile *b);

bool outfile_write(struct outfile *out, const void *data, size_t len, struct err *err);

/* Of a file to be renamed bytes can be put at any place, too, once outfile_extend has said how long
 * it will be, and has got that much of the disk where the file system tells. */
bool outfile_can_place(const struct outfile *out);
bool outfile_extend(struct outfile *out, uint64_t size, struct err *err);
bool outfile_place(struct outfile *out, uint64_t at, const void *data, size_t len, struct err *err);

/* Writes what is pending, so that a reader of a pipe sees it now. */
bool outfile_flush(struct outfile *out, struct err *err);

/* Ends the file. outfile_sync puts everything on the disk, outfile_name gives it a temporary name,
 * outfile_publish closes it and gives it its own. Standard output stays open, but what closing it
 * would report is reported. */
bool outfile_sync(struct outfile *out, struct err *err);
bool outfile_name(struct outfile *out, struct err *err);
bool outfile_publish(struct outfile *out, struct err *err);
bool outfile_commit(struct outfile *out, struct err *err); /* all three */

/* All are on the disk before the first gets its name. */
bool outfile_commit_all(struct outfile *const *outs, size_t count, struct err *err);

/* All of it at once: opened, written, committed. */
bool outfile_put(const char *path, struct text text, struct err *err);

void outfile_abandon(struct outfile *out); /* after a failure; also fine after a commit */

/* Removes what has a temporary name now: for handlers of signals that end the program. */
void outfile_remove_temporaries(void);

#endif
