/* The bytes as a file, for what reads only files: one for each process, in memory, removed at its
 * end. */
#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char scratch[64]; /* its path, once it was written */

static void scratch_remove(void)
{
    unlink(scratch);
}

static inline void scratch_write(const void *data, size_t size)
{
    int fd;

    if (!*scratch) {
        snprintf(scratch, sizeof scratch, "/dev/shm/dpo-fuzz-%ld", (long)getpid());
        atexit(scratch_remove);
    }
    fd = open(scratch, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    demand(fd >= 0);
    demand(!size || write(fd, data, size) == (ssize_t)size);
    close(fd);
}

#endif
