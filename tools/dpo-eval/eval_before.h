/* What of a test can be told before the first answer is asked. All of it ends the program. */
#ifndef TOOLS_EVAL_BEFORE_H
#define TOOLS_EVAL_BEFORE_H

#include "dpo-eval/eval_test.h"

/* No file that is written may be another one of this call: one of them would be lost. */
void eval_before_files(char **files);

/* Does the baseline fit to the records that were read, and to what is asked of it? */
void eval_before_check(const struct eval_test *test, const struct eval_outcome *outcome);

#endif
