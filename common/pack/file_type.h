/* What a whole model is stored as: a mixture of formats under one name, as llama.cpp has them. */
#ifndef PACK_FILE_TYPE_H
#define PACK_FILE_TYPE_H

#include "tensor/dtype.h"

enum file_kind { /* the numbers are those of 'general.file_type' */
                 FILE_F32 = 0,
                 FILE_F16 = 1,
                 FILE_Q4_0 = 2,
                 FILE_Q4_1 = 3,
                 FILE_Q8_0 = 7,
                 FILE_Q5_0 = 8,
                 FILE_Q5_1 = 9,
                 FILE_Q2_K = 10,
                 FILE_Q3_K_S = 11,
                 FILE_Q3_K_M = 12,
                 FILE_Q3_K_L = 13,
                 FILE_Q4_K_S = 14,
                 FILE_Q4_K_M = 15,
                 FILE_Q5_K_S = 16,
                 FILE_Q5_K_M = 17,
                 FILE_Q6_K = 18,
                 FILE_Q2_K_S = 21,
                 FILE_IQ4_NL = 25,
                 FILE_IQ4_XS = 30,
                 FILE_BF16 = 32
};

struct file_type {
    const char *name; /* in ggml's spelling */
    enum file_kind kind;
    enum dtype dtype; /* of most matrices */
};

/* All of them, ended by one without a name, smaller ones first. */
extern const struct file_type file_types[];

/* The one of that name in any case, 'q4_k' being Q4_K_M and so on; NULL when there is none. */
const struct file_type *file_type_named(const char *name);

#endif
