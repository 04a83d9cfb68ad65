/* The list of tensors in a GGUF file, each of which must lie in the file by itself. */
#ifndef GGUF_TENSORS_H
#define GGUF_TENSORS_H

#include "gguf/gguf.h"

/* Bytes: a name of one letter, no extents, the format, the offset. */
enum { GGUF_LEAST_TENSOR = 8 + 1 + 4 + 4 + 8 };

/* Takes the list, with which the header ends. */
bool gguf_take_tensors(struct gguf *gguf, struct gguf_cursor *cursor, size_t count,
                       struct err *err);

#endif
