/* What is exported: a model's folder, a GGUF file, or a stream of safetensors that carries the
 * files around the weights in its '__metadata__'. */
#ifndef EXPORT_ORIGIN_H
#define EXPORT_ORIGIN_H

#include "model/model.h"
#include "model/model_text.h"
#include "safetensors/safetensors_stream.h"

struct origin {
    const char *path; /* what to call it */
    char *title;      /* the model's name as far as its place tells, or NULL */
    bool has_gguf;    /* model.gguf; then there are no texts */
    bool streamed;    /* tensors come one after the other, and have no at */
    struct model model;
    struct text texts[TEXT_FILES]; /* at NULL where there is none */
    char *names[TEXT_FILES];       /* what to call these */

    /* In the order in which they are written, which is that of a stream. */
    const struct tensor **tensors;
    size_t count;

    struct model_text files;
    struct safetensors_stream stream;
};

/* '-' is standard input; else see place/locate. After a failure there is nothing to close. */
bool origin_open(struct origin *origin, const char *name, struct err *err);

/* Of a stream: the next tensor, as safetensors_stream_next. */
int origin_next(struct origin *origin, const struct tensor **tensor, struct err *err);

/* Takes the next bytes of the tensor from a stream into room, or finds them in the mapped file from
 * offset on. NULL with err. */
const unsigned char *origin_read(struct origin *origin, const struct tensor *tensor,
                                 uint64_t offset, size_t len, unsigned char *room, struct err *err);

void origin_close(struct origin *origin);

#endif
