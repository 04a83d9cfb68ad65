#include "pack/file_type.h"

#include <strings.h>

const struct file_type file_types[] = {
    {"Q2_K_S", FILE_Q2_K_S, DTYPE_Q2_K},   {"Q2_K", FILE_Q2_K, DTYPE_Q2_K},
    {"Q3_K_S", FILE_Q3_K_S, DTYPE_Q3_K},   {"Q3_K_M", FILE_Q3_K_M, DTYPE_Q3_K},
    {"Q3_K_L", FILE_Q3_K_L, DTYPE_Q3_K},   {"IQ4_XS", FILE_IQ4_XS, DTYPE_IQ4_XS},
    {"IQ4_NL", FILE_IQ4_NL, DTYPE_IQ4_NL}, {"Q4_0", FILE_Q4_0, DTYPE_Q4_0},
    {"Q4_K_S", FILE_Q4_K_S, DTYPE_Q4_K},   {"Q4_K_M", FILE_Q4_K_M, DTYPE_Q4_K},
    {"Q4_1", FILE_Q4_1, DTYPE_Q4_1},       {"Q5_0", FILE_Q5_0, DTYPE_Q5_0},
    {"Q5_K_S", FILE_Q5_K_S, DTYPE_Q5_K},   {"Q5_K_M", FILE_Q5_K_M, DTYPE_Q5_K},
    {"Q5_1", FILE_Q5_1, DTYPE_Q5_1},       {"Q6_K", FILE_Q6_K, DTYPE_Q6_K},
    {"Q8_0", FILE_Q8_0, DTYPE_Q8_0},       {"F16", FILE_F16, DTYPE_F16},
    {"BF16", FILE_BF16, DTYPE_BF16},       {"F32", FILE_F32, DTYPE_F32},
    {NULL, FILE_F32, DTYPE_F32},
};

static const struct {
    const char *name, *means;
} aliases[] = {{"Q3_K", "Q3_K_M"}, {"Q4_K", "Q4_K_M"}, {"Q5_K", "Q5_K_M"}};

const struct file_type *file_type_named(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcasecmp(name, aliases[i].name) == 0) name = aliases[i].means;
    for (const struct file_type *type = file_types; type->name; type++)
        if (strcasecmp(name, type->name) == 0) return type;
    return NULL;
}
