/* The functions that pack, compiled for one CPU; and what makes their table. */
#ifndef PACK_PACKER_H
#define PACK_PACKER_H

#include "tensor/dtype.h"

#include <stdbool.h>

/* count elements, whole blocks of a row, all of them finite; importance may be NULL. */
typedef void packing(const float *x, size_t count, const float *importance, unsigned char *out);

struct format_packer {
    packing *row[DTYPE_COUNT]; /* NULL where nothing packs */
    bool (*finite)(const float *x, size_t count);
};

extern const struct format_packer format_packer_plain, format_packer_avx2, format_packer_avx512;

#endif
