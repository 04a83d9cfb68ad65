/* A file's bytes, mapped for reading.
 *
 * A file that shrinks while it is mapped would end the program with SIGBUS at the next touch. Here
 * it ends with one line that names the file, and status 1. */
#ifndef CORE_MAPPED_H
#define CORE_MAPPED_H

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

struct mapped {
    const unsigned char *at; /* NULL when the file is empty */
    uint64_t len;
    char *path; /* owned: what to call it */
};

/* Maps a regular file; anything else is refused by name. */
bool mapped_open(struct mapped *file, const char *path, struct err *err);

/* The same for an open descriptor, which is closed in any case; path is what to call it. */
bool mapped_take(struct mapped *file, int fd, const char *path, struct err *err);

/* Of bytes within a mapping: they will be wanted soon; they are not wanted any more, so that they
 * count no longer as memory of this process. They can still be read. */
void mapped_want(const void *at, size_t len);
void mapped_drop(const void *at, size_t len);

/* Is it what lies under this name now, however that is spelled? NULL and '-' are none. */
bool mapped_is_at(const struct mapped *file, const char *path);

void mapped_close(struct mapped *file);

#endif
