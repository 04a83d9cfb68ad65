/* The values in a GGUF file's metadata, where they lie.
 *
 * A number or a bool is its bytes, little-endian. A text is its length in 8 bytes, then so many
 * bytes of any kind. An array is the type of its elements in 4 bytes, their number in 8, then the
 * elements without gaps; arrays of arrays are refused. */
#ifndef GGUF_VALUE_H
#define GGUF_VALUE_H

#include "core/err.h"
#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

enum gguf_type { /* the numbers are the file's */
                 GGUF_U8,
                 GGUF_I8,
                 GGUF_U16,
                 GGUF_I16,
                 GGUF_U32,
                 GGUF_I32,
                 GGUF_F32,
                 GGUF_BOOL,
                 GGUF_TEXT,
                 GGUF_ARRAY,
                 GGUF_U64,
                 GGUF_I64,
                 GGUF_F64,
                 GGUF_TYPE_COUNT
};

const char *gguf_type_name(enum gguf_type type);
size_t gguf_type_bytes(enum gguf_type type); /* 0 for texts and arrays */

struct gguf_value {
    enum gguf_type type;
    enum gguf_type element;        /* of an array; else the type itself */
    uint64_t count;                /* of an array; else 1 */
    const unsigned char *at, *end; /* the elements, borrowed from the file */
};

/* What is left of a file. */
struct gguf_cursor {
    const unsigned char *at, *end;
};

/* Each takes the next thing of the file, or returns false when the file ends before it does. */
bool gguf_take_u32(struct gguf_cursor *cursor, uint32_t *value);
bool gguf_take_u64(struct gguf_cursor *cursor, uint64_t *value);
bool gguf_take_text(struct gguf_cursor *cursor, struct text *text);

/* Takes a type and its value, all of whose elements then lie in the file; key is for err. */
bool gguf_take_value(struct gguf_cursor *cursor, struct text key, struct gguf_value *value,
                     struct err *err);

/* Takes the next element of an array: false at the end. The array must be one of that type, and a
 * copy of what gguf_find gave, because it shrinks. */
bool gguf_next_text(struct gguf_value *array, struct text *text);
bool gguf_next_f32(struct gguf_value *array, float *value);
bool gguf_next_i32(struct gguf_value *array, int32_t *value);

/* A name from a file for '%.*s' in a message: no more than a line can hold. */
#define GGUF_SHOWN(text) ((int)((text).len < 80 ? (text).len : 80)), ((text).at)

#endif
