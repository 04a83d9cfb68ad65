/* Safetensors files: weights as they lie on disk, mapped, never read as a whole. The format is
 * described in safetensors/st_header.h.
 *
 * Opening checks everything that the header says against itself and against the file's length, so
 * that all bytes of all tensors are there. They may stand at any address: take them by memcpy. */
#ifndef SAFETENSORS_SAFETENSORS_H
#define SAFETENSORS_SAFETENSORS_H

#include "core/mapped.h"
#include "safetensors/st_header.h"

struct safetensors {
    struct mapped file;
    struct st_header header; /* its tensors in the file's order, at in the mapping */
};

bool safetensors_open(struct safetensors *weights, const char *path, struct err *err);

/* The same for an open descriptor, which is closed in any case; path is what to call it. */
bool safetensors_take(struct safetensors *weights, int fd, const char *path, struct err *err);

/* NULL when there is no such tensor. */
const struct tensor *safetensors_find(const struct safetensors *weights, struct text name);

/* What '__metadata__' says, at NULL when nothing; good until the file is closed. */
struct text safetensors_metadata(const struct safetensors *weights, const char *key);

void safetensors_close(struct safetensors *weights);

#endif
