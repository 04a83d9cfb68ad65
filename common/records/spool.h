/* Records put aside on the disk, in a file without a name, for what must see all of them before it
 * can write the first. It vanishes with the program. TMPDIR says where, /tmp otherwise. */
#ifndef RECORDS_SPOOL_H
#define RECORDS_SPOOL_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

struct spool {
    int fd;
    uint64_t size; /* bytes added */
    struct buffer pending;
    struct buffer window; /* what was read last, and a little more */
    uint64_t window_begin;
    uint64_t expected; /* where the last request ended: one that begins there reads far ahead */
};

bool spool_open(struct spool *spool, struct err *err);

/* Adds bytes and tells where they begin. */
bool spool_add(struct spool *spool, const void *data, size_t len, uint64_t *begin, struct err *err);
bool spool_read(struct spool *spool, uint64_t begin, void *data, size_t len, struct err *err);
void spool_close(struct spool *spool);

#endif
