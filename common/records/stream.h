/* Files of canonical pairs, read by many threads and handed on in order.
 *
 * A tool brings two functions: judge looks at one pair, beside others, and leaves what it found in
 * a result; take gets lines and results one after the other, in the order of the files. The first
 * record that is not canonical ends the stream with an error that names file, line and field.
 *
 * Seals (seal.h) are checked wherever they stand and never reach take. */
#ifndef RECORDS_STREAM_H
#define RECORDS_STREAM_H

#include "core/lines.h"
#include "records/pairs.h"
#include "records/seal.h"

struct stream {
    void *context;
    size_t result_size;
    bool (*judge)(void *context, struct pair *pair, void *result, struct err *err);
    bool (*take)(void *context, struct text line, void *result, struct err *err);

    void (*failed)(const struct err *err); /* see threads.h; may be NULL */
    bool need_seal;                        /* standard input must end with a seal */

    uint64_t read; /* records so far */
    bool bom;      /* a file began with a byte order mark, which was dropped */
};

/* paths as in lines_open. */
bool stream_run(struct stream *stream, char **paths, size_t threads, struct err *err);

#endif
