/* Files of canonical pairs, read by many threads and handed on in order.
 *
 * A tool brings two functions: judge looks at one pair, beside others, and leaves what it found in
 * a result; take gets lines and results one after the other, in the order of the files. The first
 * record that is not canonical ends the stream with an error that names file, line and field.
 *
 * Whoever needs more than the pair to judge it, or leaves more than a result of fixed size, has a
 * desk: zero at first, and at any time on one thread only. It is cleared before each block of
 * lines, all of which are judged before the first of them is taken.
 *
 * Seals (seal.h) are checked wherever they stand and never reach take. */
#ifndef RECORDS_STREAM_H
#define RECORDS_STREAM_H

#include "core/lines.h"
#include "records/pairs.h"
#include "records/seal.h"

struct stream {
    void *context;
    size_t result_size, desk_size;
    bool (*judge)(void *context, void *desk, struct pair *pair, void *result, struct err *err);
    bool (*take)(void *context, void *desk, struct text line, void *result, struct err *err);
    void (*clear)(void *desk); /* may be NULL */
    void (*leave)(void *desk); /* frees what lies on it; may be NULL */
    bool raw; /* lines may be anything, and are judged as they came: pair->line is all there is */
    /* Takes a line apart before it is judged; NULL: pair_parse, for canonical pairs alone. */
    bool (*parse)(struct pair *pair, struct text line, struct err *err);

    void (*failed)(const struct err *err); /* see threads.h; may be NULL */
    bool need_seal;                        /* standard input must end with a seal */

    uint64_t read; /* records so far */
    size_t file;   /* where the record stands that take has: which of the paths, from 0, ... */
    uint64_t line; /* ... and its line, from 1 */
    bool bom;      /* a file began with a byte order mark, which was dropped */
};

/* paths as in lines_open. */
bool stream_run(struct stream *stream, char **paths, size_t threads, struct err *err);

#endif
