/* Writes a GGUF file (gguf/gguf.h) in two phases: keys and tensors are declared, then come the
 * tensors' bytes.
 *
 *     gguf_writer_init(&writer);
 *     gguf_writer_u32(&writer, "llama.block_count", 2); ...
 *     ... gguf_writer_declare(&writer, &tensor, &err) ... for each
 *     gguf_writer_begin(&writer, &out, false, &err)
 *     ... gguf_writer_write(&writer, part, piece, len, &err) ...
 *     gguf_writer_finish(&writer, &err) && outfile_commit(&out, &err)
 *     gguf_writer_release(&writer);
 *
 * Version 3, little-endian, aligned to 32. Tensors lie in the order of their declarations without
 * gaps, as llama.cpp wants them. No key is given twice. */
#ifndef GGUF_GGUF_WRITER_H
#define GGUF_GGUF_WRITER_H

#include "core/outfile.h"
#include "gguf/gguf_value.h"
#include "tensor/tensor.h"

struct gguf_part {
    char *name;
    uint64_t offset, bytes; /* from where the data begin */
};

struct gguf_writer {
    struct buffer pairs, tensors; /* as the file has them */
    size_t pair_count;
    struct gguf_part *parts; /* as declared */
    size_t count, room;
    uint64_t data_bytes; /* of all parts, with what fills them up */
    uint64_t data_begin; /* in the file, from gguf_writer_begin on */
    struct outfile *out; /* borrowed */
    bool placed;
    size_t part; /* that bytes are written of */
    uint64_t done;
    size_t ended; /* parts of which all bytes came */
};

void gguf_writer_init(struct gguf_writer *writer);

void gguf_writer_u32(struct gguf_writer *writer, const char *key, uint32_t value);
void gguf_writer_i32(struct gguf_writer *writer, const char *key, int32_t value);
void gguf_writer_f32(struct gguf_writer *writer, const char *key, float value);
void gguf_writer_bool(struct gguf_writer *writer, const char *key, bool value);
void gguf_writer_text(struct gguf_writer *writer, const char *key, struct text value);
void gguf_writer_value(struct gguf_writer *writer, struct text key, const struct gguf_value *value);

/* Begins an array, of which exactly count items must follow. */
void gguf_writer_array(struct gguf_writer *writer, const char *key, enum gguf_type element,
                       uint64_t count);
void gguf_writer_item_text(struct gguf_writer *writer, struct text item);
void gguf_writer_item_i32(struct gguf_writer *writer, int32_t item);
void gguf_writer_item_f32(struct gguf_writer *writer, float item);

/* Appends a file that has the keys given so far, and no tensors. */
void gguf_writer_keys(const struct gguf_writer *writer, struct buffer *out);

/* Name, format and shape are copied. Parts are numbered from 0. */
bool gguf_writer_declare(struct gguf_writer *writer, const struct tensor *tensor, struct err *err);

/* Writes the header; out is borrowed until finish. Parts then come one after the other, in any
 * order where placed is true, for which out must be one that can be placed. */
bool gguf_writer_begin(struct gguf_writer *writer, struct outfile *out, bool placed,
                       struct err *err);

/* The next bytes of a part, which is not left before it has all of them. */
bool gguf_writer_write(struct gguf_writer *writer, size_t part, const void *data, size_t len,
                       struct err *err);

/* All bytes must have come. What can be read again is: gguf/gguf must find in it what was
 * declared. Committing the file is left to its owner. */
bool gguf_writer_finish(struct gguf_writer *writer, struct err *err);
void gguf_writer_release(struct gguf_writer *writer);

#endif
