/* The number of a step, as names and dictionaries of checkpoints spell it. */
#ifndef TRAIN_STEP_NUMBER_H
#define TRAIN_STEP_NUMBER_H

#include "core/memory.h"

#include <stdbool.h>
#include <stdint.h>

#define STEP_NUMBER_DIGITS ((size_t)18)

/* Digits and nothing else, none of them a 0 in front. */
static inline bool step_number_parse(struct text text, uint64_t *number)
{
    *number = 0;
    if (text.len == 0 || text.len > STEP_NUMBER_DIGITS || (text.at[0] == '0' && text.len > 1))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return false;
        *number = *number * 10 + (uint64_t)(text.at[i] - '0');
    }
    return true;
}

#endif
