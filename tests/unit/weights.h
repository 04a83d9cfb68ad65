/* Weights for tests, spelled out byte by byte. */
#ifndef TESTS_UNIT_WEIGHTS_H
#define TESTS_UNIT_WEIGHTS_H

#include "core/err.h"

#include <stddef.h>

#define ENTRY(name, dtype, shape, offsets)                                                         \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" offsets "]}"

/* The file of only a tensor 'x' of bytes. */
#define X(shape, offsets) "{" ENTRY("x", "U8", shape, offsets) "}"

/* Writes a safetensors file: the header's length, the header, and so many bytes 0, 1, 2, ... of
 * data. Returns its path. */
const char *weights_file(const char *name, const char *header, size_t data);

/* Reads all of a file as a stream. */
bool weights_drain(const char *path, struct err *err);

#endif
