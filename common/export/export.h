/* A model as a GGUF file: the bytes are those of llama.cpp's converter, or, for the file types that
 * it cannot write, those that its quantiser makes of a converted file in F32. A GGUF file goes
 * through the quantiser alone. */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include "core/outfile.h"
#include "export/deviation.h"
#include "export/origin.h"
#include "pack/file_type.h"
#include "pack/imatrix.h"

struct export
{
    const struct file_type *type;
    const struct imatrix *imatrix; /* or NULL */
    const char *name;              /* of the model; NULL: as its files or its folder have it */
    struct team *team;
    bool verify;
    void (*progress)(uint64_t done, uint64_t all); /* numbers; or NULL */
    void (*warn)(const char *sentence);            /* see keys_unsaid; or NULL */

    /* Afterwards: */
    size_t tensors;
    uint64_t parameters, bytes;
    struct deviation deviations[DTYPE_COUNT]; /* where it verifies */
};

/* Writes the origin's file to out, which is left to be committed. */
bool export_run(struct export *export, struct origin *origin, struct outfile *out, struct err *err);

#endif
