/* Parameters, and arrays laid out like them, as the tensors of a safetensors file: floats, bit for
 * bit, in the order of the parameters' names. */
#ifndef ADAPTER_PARAMETERS_FILE_H
#define ADAPTER_PARAMETERS_FILE_H

#include "adapter/parameters.h"
#include "core/outfile.h"
#include "safetensors/safetensors.h"

struct parameter_array {
    const char *ending; /* of its tensors' names, behind the parameters': "" or ".exp_avg" */
    float *at;          /* parameters->size floats */
};

/* All is borrowed. */
struct parameters_file {
    const struct parameters *parameters;
    const struct parameter_array *arrays;
    size_t count;
    const char *told_by; /* who say what tensors there are, for messages: 'the options' */
};

/* Committing the file is left to its owner; note is one entry of its dictionary, or NULL. */
bool parameters_file_write(const struct parameters_file *file, const struct st_pair *note,
                           struct outfile *out, struct err *err);

/* Are all tensors there, of their shapes, as floats of 32 or 16 bits, and no others? The arrays are
 * not touched. */
bool parameters_file_check(const struct parameters_file *file, const struct safetensors *weights,
                           struct err *err);

/* Fills the arrays from a file that was checked; a number that is not finite fails. */
bool parameters_file_read(const struct parameters_file *file, const struct safetensors *weights,
                          struct err *err);

#endif
