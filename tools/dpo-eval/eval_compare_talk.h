/* A comparison with a baseline, as a table for people. */
#ifndef TOOLS_EVAL_COMPARE_TALK_H
#define TOOLS_EVAL_COMPARE_TALK_H

#include "eval/comparison.h"

void eval_compare_talk(const struct comparison *comparison);

#endif
