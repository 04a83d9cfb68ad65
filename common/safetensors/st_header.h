/* The header of a safetensors file: which tensors it holds, and a dictionary of texts.
 *
 *     8 bytes     n, the length of the header, little-endian
 *     n bytes     JSON: {"__metadata__": {key: text, ...}, name: {"dtype": "BF16",
 *                 "shape": [out, in], "data_offsets": [begin, end]}, ...}, spaces at its end
 *     the rest    the tensors; offsets count from here, and leave no hole and no tail
 *
 * What the reference implementation lets pass and we do not: a name or a key twice, unknown
 * members, white space around the outer braces but for spaces at the end, more than 8
 * dimensions. */
#ifndef SAFETENSORS_ST_HEADER_H
#define SAFETENSORS_ST_HEADER_H

#include "core/err.h"
#include "hash/lookup.h"
#include "tensor/tensor.h"

#define ST_LENGTH ((size_t)8) /* of the number before the header */
#define ST_HEADER_LIMIT ((uint64_t)100000000)
#define ST_ENTRY_LIMIT ((size_t)1000000) /* tensors and keys of the dictionary, each */
#define ST_EXTENT_LIMIT ((uint64_t)1 << 48)

struct st_pair {
    struct text key, value;
};

struct st_header {
    struct tensor *tensors; /* in the order of their bytes; where those are, the reader says */
    size_t count;
    uint64_t data_bytes; /* of all tensors */
    struct st_pair *metadata;
    size_t metadata_count;
    struct lookup by_name, by_key; /* index in tensors, in metadata */
    char *texts;                   /* what all of these borrow */
};

/* The length of the header, from a file's first bytes: 8, or more for a better message when these
 * begin no safetensors file. */
bool st_header_length(const void *head, size_t len, uint64_t *length, struct err *err);

/* The errors name no file. */
bool st_header_parse(struct st_header *header, struct text json, struct err *err);

const struct tensor *st_header_find(const struct st_header *header, struct text name); /* or NULL */

/* What the dictionary says, at NULL when nothing. */
struct text st_header_metadata(const struct st_header *header, const char *key);

void st_header_release(struct st_header *header);

#endif
