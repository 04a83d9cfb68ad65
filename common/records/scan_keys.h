/* The keys of the objects that are open: no object may have one twice. */
#ifndef RECORDS_SCAN_KEYS_H
#define RECORDS_SCAN_KEYS_H

#include "records/scan.h"

/* A set of hashes that may claim too much: 256 bits of an object's keys. When no key's bit was set
 * before, all keys differ, and nobody needs to look again. */
struct scan_marks {
    uint64_t bits[4];
    bool twice;
};

static inline void scan_marks_add(struct scan_marks *marks, uint64_t hash)
{
    uint64_t *word = &marks->bits[hash >> 6 & 3], bit = 1ULL << (hash & 63);

    marks->twice |= (*word & bit) != 0;
    *word |= bit;
}

/* Do the last count keys of the scan differ? */
bool scan_keys_differ(struct scan *scan, size_t count);

#endif
