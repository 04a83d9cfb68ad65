/* The tensors' bytes, from the origin into the file: some rows at a time, so that memory is the
 * same for a model of any size, packed by all threads. */
#ifndef EXPORT_TENSORS_H
#define EXPORT_TENSORS_H

#include "export/deviation.h"
#include "export/layout.h"

struct tensors {
    struct origin *origin;
    const struct layout *layout;
    struct gguf_writer *writer;
    struct team *team;
    struct deviation *deviations;                  /* by format, added to; or NULL */
    void (*progress)(uint64_t done, uint64_t all); /* numbers; or NULL */
};

/* Begins the file and writes all its tensors. A stream comes in its own order: where the file can
 * be written at any place, each goes to its own; else, on a pipe, all wait in a file without a
 * name. */
bool tensors_write(const struct tensors *tensors, struct outfile *out, struct err *err);

#endif
