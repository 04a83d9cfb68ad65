/* Which row of a table has the name that a key spells, found by the hash the scan made of it. */
#ifndef RECORDS_NAMES_H
#define RECORDS_NAMES_H

#include "records/scan.h"

#define NAMES_MOST 64

/* Each row of the table begins with its name, a struct text. */
struct names {
    const void *rows;
    size_t count, row_size;
    uint64_t hashes[NAMES_MOST];
    bool maybe[256]; /* by the lowest byte of a hash: is it worth a look? */
};

#define NAMES_OF(table)                                                                            \
    {                                                                                              \
        .rows = (table), .count = sizeof(table) / sizeof(table)[0], .row_size = sizeof(table)[0]   \
    }

void names_prepare(struct names *names); /* once, before the first look */

/* The row, or count for a key that has none. */
size_t names_find(const struct names *names, const struct member *member);

#endif
