/* The end of a stream, said in the stream: a last line {"_end":N}, N the records before it. So a
 * reader can tell a whole stream from one whose writer died between two lines. A seal is checked
 * wherever it stands and is never a record. */
#ifndef RECORDS_SEAL_H
#define RECORDS_SEAL_H

#include "core/outfile.h"

#include <stdint.h>

bool seal_write(struct outfile *out, uint64_t records, struct err *err);

/* Is the line a seal, and of how many records? */
bool seal_read(struct text line, uint64_t *records);

/* What a reader of several files knows of the one it is in. All zero at the start. */
struct seal {
    uint64_t records; /* of this file so far */
    uint64_t said;
    bool sealed; /* said is what its seal said */
};

/* A seal, or a record, was met; false with err when it stands behind a seal. */
bool seal_met(struct seal *seal, uint64_t records, const char *path, uint64_t line,
              struct err *err);
bool seal_count(struct seal *seal, const char *path, uint64_t line, struct err *err);

/* The file is over; false with err when its seal is wrong, or missing where one is needed. The
 * next file begins. */
bool seal_end(struct seal *seal, const char *path, bool needed, struct err *err);

#endif
