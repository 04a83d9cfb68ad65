/* What a calculator understands: numbers (1,234.5 too), brackets, + - * / (and the signs for times,
 * divided by and minus), % between two numbers (the remainder, with the sign of the first) and
 * behind one (a hundredth of it), ^ and ** (power, from the right), sqrt(x), pi. */
#ifndef JUDGE_ARITHMETIC_H
#define JUDGE_ARITHMETIC_H

#include "core/err.h"
#include "core/memory.h"

/* False with err if the text is no such expression or its value is not finite. */
bool arithmetic_eval(struct text text, double *value, struct err *err);

#endif
