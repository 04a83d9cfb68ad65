/* The loops of fold/rounded by format, in a table for each kind of CPU. */
#ifndef FOLD_ROUNDED_TABLE_H
#define FOLD_ROUNDED_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { ROUNDED_F32, ROUNDED_F16, ROUNDED_BF16, ROUNDED_FORMATS };

/* Of one run: largest absolute values are compared by their bits. */
struct rounded_counts {
    uint32_t lost;
    int32_t worst, largest;
};

struct rounded_format {
    void (*run)(float *restrict values, size_t count);
    int32_t (*pack)(const float *restrict values, size_t count, unsigned char *restrict out);
    struct rounded_counts (*told)(const float *restrict base, const float *restrict value,
                                  const float *restrict total, size_t count,
                                  unsigned char *restrict out);

    /* The same of base + scale delta. */
    struct rounded_counts (*sum)(const float *restrict base, const float *restrict delta,
                                 float scale, size_t count, unsigned char *restrict out);
};

extern const struct rounded_format rounded_plain[ROUNDED_FORMATS], rounded_avx2[ROUNDED_FORMATS];

#endif
