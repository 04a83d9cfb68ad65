/* Numbers into the formats that models are published in: the bytes are those that llama.cpp's
 * quantiser writes, with and without an importance matrix, whatever the CPU and the number of
 * threads.
 *
 * A block's scales and codes are searched for, so that what is unpacked from them is near the
 * numbers; with an importance for each column, errors count more where it is large. */
#ifndef PACK_PACK_H
#define PACK_PACK_H

#include "core/err.h"
#include "machine/team.h"
#include "tensor/matrix.h"

/* Is there a way into this format? All that models have, but TQ1_0, TQ2_0 and MXFP4. */
bool pack_can(enum dtype dtype);

/* A row of count elements, whole blocks, into the bytes dtype_bytes says. All must be finite, and
 * importance, count numbers that are not negative, may be NULL. What is too large for the format
 * becomes infinite: finite_elements finds it. */
void pack_row(enum dtype dtype, const float *x, size_t count, const float *importance,
              unsigned char *out);

/* All rows of a matrix, one after the other. importance, cols numbers, may be NULL. False when a
 * number is not finite or too large for the format: the first row is named, out then holds
 * anything. */
bool pack_matrix(enum dtype dtype, const struct matrix *from, const float *importance,
                 unsigned char *out, struct team *team, struct err *err);

#endif
