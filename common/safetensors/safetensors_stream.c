#include "safetensors/safetensors_stream.h"

#include "core/lines.h"
#include "safetensors/lexer.h"

#include <assert.h>
#include <endian.h>
#include <string.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 16)
#define HEADER_PIECE ((size_t)1 << 20)

/* Up to len bytes: fewer only at the end of the stream. */
static bool read_upto(const struct safetensors_stream *stream, void *out, size_t len, size_t *done,
                      struct err *err)
{
    ssize_t got = 1;

    for (*done = 0; *done < len && got > 0; *done += (size_t)got) {
        got = read_some(stream->fd, (char *)out + *done, len - *done);
        if (got < 0) return err_errno(err, "%s", path_shown(stream->path));
    }
    return true;
}

/* No more is taken than the header has; what is no header at all is looked at a bit longer. */
static bool read_length(struct safetensors_stream *stream, uint64_t *length, struct err *err)
{
    unsigned char head[64] = {0};
    size_t got, more = 0;
    uint64_t little;

    if (!read_upto(stream, head, ST_LENGTH, &got, err)) return false;
    memcpy(&little, head, ST_LENGTH);
    if (got == ST_LENGTH && le64toh(little) > ST_HEADER_LIMIT &&
        !read_upto(stream, head + got, sizeof head - got, &more, err))
        return false;
    return st_header_length(head, got + more, length, err) ||
           err_prefix(err, "%s", path_shown(stream->path));
}

/* In pieces, so that memory is taken for what has come and not for what was promised. */
static bool read_header(const struct safetensors_stream *stream, struct buffer *json,
                        uint64_t length, struct err *err)
{
    while (json->len < length) {
        size_t want = length - json->len < HEADER_PIECE ? length - json->len : HEADER_PIECE, got;

        buffer_reserve(json, want);
        if (!read_upto(stream, json->at + json->len, want, &got, err)) return false;
        json->len += got;
        if (got < want)
            return err_set(err, "%s: ends after %zu of the header's %llu bytes",
                           path_shown(stream->path), json->len, (unsigned long long)length);
    }
    return true;
}

bool safetensors_stream_open(struct safetensors_stream *stream, int fd, const char *path,
                             struct err *err)
{
    struct buffer json = {0};
    uint64_t length;
    bool good;

    *stream = (struct safetensors_stream){.fd = fd, .path = path};
    good = read_length(stream, &length, err) && read_header(stream, &json, length, err) &&
           (st_header_parse(&stream->header, (struct text){json.at, json.len}, err) ||
            err_prefix(err, "%s", path_shown(path)));
    buffer_release(&json);
    if (!good) safetensors_stream_close(stream);
    return good;
}

bool safetensors_stream_read(struct safetensors_stream *stream, void *out, size_t len,
                             struct err *err)
{
    const struct tensor *tensor;
    size_t got;

    assert(len <= stream->left);
    if (!len) return true;
    tensor = &stream->header.tensors[stream->next - 1];
    if (!read_upto(stream, out, len, &got, err)) return false;
    stream->left -= got;
    return got == len ||
           err_set(err, "%s: ends after %llu of the %llu bytes of '%.*s'", path_shown(stream->path),
                   (unsigned long long)(tensor->bytes - stream->left),
                   (unsigned long long)tensor->bytes, SHOWN(tensor->name));
}

/* Nothing may stand behind the last tensor. */
static int check_end(const struct safetensors_stream *stream, struct err *err)
{
    char byte;
    size_t got;

    if (!read_upto(stream, &byte, 1, &got, err)) return -1;
    if (!got) return 0;
    err_set(err, "%s: bytes stand behind the last tensor", path_shown(stream->path));
    return -1;
}

int safetensors_stream_next(struct safetensors_stream *stream, const struct tensor **tensor,
                            struct err *err)
{
    char piece[PIECE];

    while (stream->left)
        if (!safetensors_stream_read(stream, piece, stream->left < PIECE ? stream->left : PIECE,
                                     err))
            return -1;
    if (stream->next == stream->header.count) return check_end(stream, err);
    *tensor = &stream->header.tensors[stream->next++];
    stream->left = (*tensor)->bytes;
    return 1;
}

void safetensors_stream_close(struct safetensors_stream *stream)
{
    st_header_release(&stream->header);
    if (stream->fd >= 0) close(stream->fd);
    stream->fd = -1;
}
