/* A quantised base in a file, so that the next run maps it.
 *
 * The file is CACHE/base-IDENTITY.int8 or .nf4: safetensors, for each weight NAME
 *
 *     NAME.scales     F32  of each row, or of each 256 blocks
 *     NAME.offset     F32  NF4 only
 *     NAME            I8 or U8, the codes; bytes of 0 up to a multiple of 4
 *     NAME.absmax     U8   NF4 only; the same
 *
 * and the identity among its metadata: a hash of the form and of each weight (model/identity). */
#ifndef BASE_BASE_CACHE_H
#define BASE_BASE_CACHE_H

#include "base/linear.h"
#include "safetensors/safetensors.h"

#define BASE_IDENTITY 65 /* bytes, with the end */

void base_cache_identity(const struct linear *linears, size_t count, enum matrix_form form,
                         char identity[BASE_IDENTITY]);

/* The caller frees it. */
char *base_cache_path(const char *folder, enum matrix_form form, const char *identity);

/* Maps the file and fills the parts; false when there is none that is whole and of this
 * identity. */
bool base_cache_load(struct safetensors *file, const char *path, struct linear *linears,
                     size_t count, enum matrix_form form, const char *identity);

/* Quantises each weight in turn, and has no more than that one in memory. */
bool base_cache_write(const char *path, struct linear *linears, size_t count, enum matrix_form form,
                      const char *identity, struct team *team, struct err *err);

#endif
