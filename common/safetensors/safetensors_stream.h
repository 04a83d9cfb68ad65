/* Weights that come down a pipe: the header first, then each tensor once, in the stream's order.
 *
 *     while ((got = safetensors_stream_next(&stream, &tensor, &err)) > 0)
 *         ... safetensors_stream_read(&stream, piece, len, &err) ...
 *
 * The same is checked as of a file; that all bytes are there, and no more, when they have come. */
#ifndef SAFETENSORS_SAFETENSORS_STREAM_H
#define SAFETENSORS_SAFETENSORS_STREAM_H

#include "safetensors/st_header.h"

struct safetensors_stream {
    struct st_header header; /* tensors in the order they come, at NULL */
    const char *path;        /* borrowed: what to call it */
    int fd;
    size_t next;
    uint64_t left; /* bytes of the tensor before next that were not read yet */
};

/* Reads the header. fd is the stream's from now on, closed here after a failure. */
bool safetensors_stream_open(struct safetensors_stream *stream, int fd, const char *path,
                             struct err *err);

/* Goes to the next tensor, past what was not read of the last one: 1, or 0 when the stream ends
 * behind the last tensor, as it must, or -1. */
int safetensors_stream_next(struct safetensors_stream *stream, const struct tensor **tensor,
                            struct err *err);

/* Exactly the next len bytes of this tensor, which has as many left. */
bool safetensors_stream_read(struct safetensors_stream *stream, void *out, size_t len,
                             struct err *err);

void safetensors_stream_close(struct safetensors_stream *stream);

#endif
