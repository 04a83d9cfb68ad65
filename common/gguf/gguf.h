/* A GGUF file: metadata by key and tensors by name, all borrowed from the mapped file.
 *
 *     'GGUF'  version u32  tensors u64  keys u64
 *     for each key: key text, type u32, value (see gguf_value.h)
 *     for each tensor: name text, rank u32, extents u64 (innermost first), format u32, offset u64
 *     zeros up to a multiple of the alignment: the offsets count from there
 *
 * Versions 2 and 3 are read. A file is untrusted: after it was opened each value and each tensor
 * lies within it, no two tensors overlap, and no name stands twice. Gaps between tensors and bytes
 * after the last one are allowed. */
#ifndef GGUF_GGUF_H
#define GGUF_GGUF_H

#include "core/mapped.h"
#include "gguf/gguf_value.h"
#include "hash/lookup.h"
#include "tensor/tensor.h"

struct gguf_pair {
    struct text key;
    struct gguf_value value;
};

struct gguf {
    struct mapped file;
    struct gguf_pair *pairs; /* in the file's order, as are the tensors */
    size_t pair_count;
    struct tensor *tensors;
    size_t tensor_count;
    uint32_t alignment;
    struct lookup keys, names;
};

/* After a failure there is nothing to close. */
bool gguf_open(struct gguf *gguf, const char *path, struct err *err);
void gguf_close(struct gguf *gguf);

/* The same for a file that somebody else mapped and will unmap. */
bool gguf_parse(struct gguf *gguf, const struct mapped *file, struct err *err);
void gguf_release(struct gguf *gguf);

const struct gguf_value *gguf_find(const struct gguf *gguf, const char *key); /* or NULL */
const struct tensor *gguf_tensor(const struct gguf *gguf, const char *name);  /* or NULL */

/* The value of a key: 1, or 0 when there is no such key (value is left as it is), or -1 when it is
 * of another type. err tells why it is not 1, so a caller that needs the key has a message. */
int gguf_u32(const struct gguf *gguf, const char *key, uint32_t *value, struct err *err);
int gguf_f32(const struct gguf *gguf, const char *key, float *value, struct err *err);
int gguf_bool(const struct gguf *gguf, const char *key, bool *value, struct err *err);
int gguf_text(const struct gguf *gguf, const char *key, struct text *value, struct err *err);

/* An array of such elements, to be walked by gguf_next_text and its like. */
int gguf_array(const struct gguf *gguf, const char *key, enum gguf_type element,
               struct gguf_value *array, struct err *err);

#endif
