/* Text that a person would not have written: what a chat template or a generator left behind. */
#ifndef FILTER_LEFTOVERS_H
#define FILTER_LEFTOVERS_H

#include "core/memory.h"

#include <stdbool.h>

/* Control tokens of the common model families: <|im_start|>, </s>, [INST], <start_of_turn> ... */
bool has_control_tokens(struct text text);

/* Placeholders ([Step 1], [Your Name], {{name}}, <insert rate>, Lorem ipsum) and UTF-8 that was
 * taken for Latin-1 and encoded once more. */
bool has_leftovers(struct text text);

#endif
