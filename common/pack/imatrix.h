/* An importance matrix: for each matrix of a model a weight for each of its columns, as llama.cpp's
 * llama-imatrix writes them. Both kinds of file are read:
 *
 *   GGUF   'x.in_sum2' and 'x.counts' for each tensor x: sums of squares, and of how many; the keys
 *          imatrix.datasets (texts), imatrix.chunk_count and imatrix.chunk_size (u32)
 *   older  entries i32, then for each: len i32, name, calls i32, values i32, floats; after the last
 *          one, where the file goes on: chunks i32, len i32, data set's name
 *
 * An importance is the sum divided by the count: 1 where a GGUF file counts none, the sum where an
 * older one does. */
#ifndef PACK_IMATRIX_H
#define PACK_IMATRIX_H

#include "core/err.h"
#include "core/mapped.h"
#include "hash/lookup.h"

struct imatrix_entry {
    struct text name; /* borrowed from the file */
    float *values;
    size_t count;
};

struct imatrix {
    struct mapped file;
    struct imatrix_entry *entries;
    size_t count, room;
    struct lookup names;
    struct text dataset; /* the first one, borrowed; empty where the file says none */
    uint32_t chunks;     /* 0 where it says none */
};

/* After a failure there is nothing to close. */
bool imatrix_open(struct imatrix *imatrix, const char *path, struct err *err);
void imatrix_close(struct imatrix *imatrix);

/* The same for a file that somebody else mapped and will unmap; then imatrix_release. */
bool imatrix_parse(struct imatrix *imatrix, const struct mapped *file, struct err *err);
void imatrix_release(struct imatrix *imatrix);

/* The importance of a tensor's columns: 1; 0 when there is none, for the embedding also when its
 * length is another; -1 when the length is another. */
int imatrix_find(const struct imatrix *imatrix, struct text name, uint64_t cols,
                 const float **values, struct err *err);

#endif
