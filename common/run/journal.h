/* A file that grows by whole records: each is one write, and one that fails leaves no piece of
 * itself where the system can help it. A run that is killed leaves at worst a torn last record. */
#ifndef RUN_JOURNAL_H
#define RUN_JOURNAL_H

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

struct journal {
    char *path; /* owned */
    int fd;
    uint64_t len; /* bytes of whole records */
};

/* Opens a file to be read and appended to; makes it when it is not there, and with fresh insists
 * on that. journal_close is fine after a failure, too. */
bool journal_open(struct journal *journal, const char *path, bool fresh, struct err *err);

/* Cuts off what stands behind the first len bytes. */
bool journal_shorten(struct journal *journal, uint64_t len, struct err *err);

bool journal_add(struct journal *journal, const void *record, size_t len, struct err *err);
bool journal_sync(struct journal *journal, struct err *err); /* all of it is on the disk */
void journal_close(struct journal *journal);

#endif
