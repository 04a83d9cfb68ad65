/* What of a test can be told before the first answer is asked. All of it ends the program. */
#ifndef TOOLS_EVAL_BEFORE_H
#define TOOLS_EVAL_BEFORE_H

#include "eval_test.h"

/* Does the baseline fit to the records that were read, and to what is asked of it? */
void eval_before_check(const struct eval_test *test, const struct eval_outcome *outcome);

#endif
