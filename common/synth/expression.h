/* What the calculator of the records understands: numbers, brackets, + - * / % (the remainder)
 * ** (power, from the right) and sqrt(x). */
#ifndef SYNTH_EXPRESSION_H
#define SYNTH_EXPRESSION_H

#include "core/memory.h"

#include <stdbool.h>

/* False if the text is no such expression or its value is not finite. */
bool expression_value(struct text text, double *value);

#endif
