/* The tokens at which a text ends: those that the model's files name, and the one that its
 * tokenizer has for it. */
#ifndef GENERATE_ENDS_H
#define GENERATE_ENDS_H

#include "model/config.h"

/* All zero: nothing ends a text. */
struct ends {
    uint32_t ids[CONFIG_EOS + 1];
    size_t count;
};

/* eos: the tokenizer's, or CONFIG_NO_ID. */
void ends_init(struct ends *ends, const struct config *config, uint32_t eos);

bool ends_has(const struct ends *ends, uint32_t id);

#endif
