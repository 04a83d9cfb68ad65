/* Floats rounded to the format of the output, and what that did to them. */
#ifndef FOLD_ROUNDED_H
#define FOLD_ROUNDED_H

#include "fold/rows.h"

/* Rounds in place. */
void rounded_run(enum dtype dtype, float *values, size_t count);

/* Packs into the output, at any address; false when something is no number there. */
bool rounded_pack(enum dtype dtype, const float *values, size_t count, unsigned char *out);

/* The base, what became of it, and all that was to be added. */
struct rounded_told {
    const float *base, *value, *total;
    size_t count;
};

void rounded_pack_told(enum dtype dtype, const struct rounded_told *told, unsigned char *out,
                       struct fold_tally *tally);

/* The same of base + scale delta. */
struct rounded_sum {
    const float *base, *delta;
    float scale;
    size_t count;
};

void rounded_pack_sum(enum dtype dtype, const struct rounded_sum *sum, unsigned char *out,
                      struct fold_tally *tally);

#endif
