/* The prompts that did worst in a metric: where to look first. */
#ifndef EVAL_WORST_H
#define EVAL_WORST_H

#include "eval/pairing.h"

#define WORST_MOST 100

struct worst {
    size_t records[WORST_MOST];
    bool fell[WORST_MOST]; /* worse than the baseline */
    size_t count;
};

/* At most so many: those that fell below their baseline first, then by their score, then as they
 * came. The ones with the best score of all are not among them unless they fell. baseline and its
 * pairing may be NULL, or lack the metric. */
void worst_find(struct worst *worst, size_t most, const struct marks *now, const char *name,
                const struct marks *baseline, const struct pairing *pairing);

#endif
