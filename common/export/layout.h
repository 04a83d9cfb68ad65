/* The tensors of a GGUF file: their names, formats and order, and which tensor of the origin each
 * of them is made of. */
#ifndef EXPORT_LAYOUT_H
#define EXPORT_LAYOUT_H

#include "export/origin.h"
#include "gguf/gguf_writer.h"
#include "pack/imatrix.h"
#include "pack/mix.h"

struct slot {
    const struct tensor *source; /* of the origin; NULL: Llama 3's factors of frequencies */
    char name[WEIGHT_NAME];
    enum dtype dtype;
    unsigned rank;
    uint64_t shape[2];
    uint32_t heads;          /* so many heads whose rows are to be interleaved, or 0 */
    const float *importance; /* of each column, borrowed, or NULL */
};

struct layout {
    struct slot *slots; /* as they lie in the file */
    size_t count;
    uint64_t parameters; /* numbers in all of them */
};

/* All slots in the origin's order, of no format yet. */
bool layout_make(struct layout *layout, const struct origin *origin, struct err *err);

/* The formats of llama.cpp's converter: matrices in this one, F16 where their rows do not fit it;
 * all else F32. */
void layout_convert(struct layout *layout, enum dtype dtype);

/* The formats and the order, by layer and by name, of llama.cpp's quantiser for a file in F32 or,
 * of a GGUF file, for that. imatrix, which may be NULL, must stay for as long as the layout. */
bool layout_quantise(struct layout *layout, const struct origin *origin,
                     const struct file_type *type, const struct imatrix *imatrix, struct err *err);

bool layout_declare(const struct layout *layout, struct gguf_writer *writer, struct err *err);
void layout_release(struct layout *layout);

#endif
