/* What dpo-eval says of a test. */
#ifndef TOOLS_EVAL_TALK_H
#define TOOLS_EVAL_TALK_H

#include "dpo-eval/eval_test.h"

void eval_talk(struct eval_test *test, const struct eval_outcome *outcome);

#endif
