/* What dpo-eval says at its end, and how long it took. */
#ifndef TOOLS_EVAL_TALK_H
#define TOOLS_EVAL_TALK_H

#include "eval/metrics.h"

double eval_seconds(void); /* since some moment */

/* rows: what went through the model in so many seconds. */
void eval_talk(const struct examples *examples, const struct metrics *metrics, uint64_t rows,
               double seconds);

#endif
