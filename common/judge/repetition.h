/* Does a text go round in circles? Words are what stands between white space. */
#ifndef JUDGE_REPETITION_H
#define JUDGE_REPETITION_H

#include "core/memory.h"

size_t repetition_words(struct text text);

/* The share of the runs of four words that stood in the text before; 0 below five words. */
double repetition_share(struct text text);

#endif
