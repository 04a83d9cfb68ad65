/* How an example lies in the spool and in a batch. */
#ifndef EXAMPLES_EXAMPLES_LAYOUT_H
#define EXAMPLES_EXAMPLES_LAYOUT_H

#include "examples/examples.h"

/* ids: the prompt, then what each branch has for itself. Tells how many of each have a score. */
void example_add(struct batch *batch, const struct example *item, const token_id *ids,
                 size_t scored[2]);

#endif
