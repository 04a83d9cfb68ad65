/* Writes weights as safetensors in two phases, so that they can go down a pipe: what there will be
 * is declared, then come the bytes, in the order of the declarations.
 *
 *     safetensors_writer_init(&writer);
 *     ... safetensors_writer_declare(&writer, &tensor, &err) ... for each
 *     safetensors_writer_begin(&writer, &out, &err)
 *     ... safetensors_writer_write(&writer, piece, len, &err) ...
 *     safetensors_writer_finish(&writer, &err) && outfile_commit(&out, &err)
 *     safetensors_writer_release(&writer);
 *
 * The header lists the tensors in that same order. Elements are aligned in the file to their own
 * size, as readers elsewhere need: where formats are mixed, declare the larger ones first. */
#ifndef SAFETENSORS_SAFETENSORS_WRITER_H
#define SAFETENSORS_SAFETENSORS_WRITER_H

#include "core/outfile.h"
#include "hash/lookup.h"
#include "safetensors/st_header.h"
#include "tensor/tensor.h"

struct safetensors_writer {
    struct tensor *tensors; /* as declared; names owned */
    size_t count, room;
    struct st_pair *metadata; /* owned texts */
    size_t metadata_count, metadata_room;
    struct lookup by_name;
    struct outfile *out; /* borrowed */
    size_t next;
    uint64_t left; /* bytes of the tensor before next that are still to come */
};

void safetensors_writer_init(struct safetensors_writer *writer);

/* Name, format and shape are copied. */
bool safetensors_writer_declare(struct safetensors_writer *writer, const struct tensor *tensor,
                                struct err *err);

/* Sets what '__metadata__' says for a key; 'format' is 'pt' unless set. */
bool safetensors_writer_set(struct safetensors_writer *writer, struct text key, struct text value,
                            struct err *err);

/* Writes the header; out is borrowed until finish. */
bool safetensors_writer_begin(struct safetensors_writer *writer, struct outfile *out,
                              struct err *err);

/* The next bytes, all of one tensor. */
bool safetensors_writer_write(struct safetensors_writer *writer, const void *data, size_t len,
                              struct err *err);

/* Fails when bytes are missing. Committing the file is left to its owner. */
bool safetensors_writer_finish(struct safetensors_writer *writer, struct err *err);
void safetensors_writer_release(struct safetensors_writer *writer);

/* Text as JSON with its quotes, spelled as the reference does. */
void safetensors_quote(struct buffer *out, struct text text);

#endif
