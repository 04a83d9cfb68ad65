/* Do several answers to one question agree? */
#ifndef JUDGE_VOTES_H
#define JUDGE_VOTES_H

#include "core/memory.h"

#include <stdbool.h>

struct votes {
    size_t first;    /* the most frequent answer's first place; the earlier one wins a tie */
    size_t votes;    /* 0 when all are empty */
    size_t distinct; /* different answers, empty ones not counted */
    double share;    /* votes / count */
};

/* Answers in normal form, of judge_extract or judge_ballot. An empty one is nobody's: it counts in
 * count alone. */
struct votes votes_count(const struct text *answers, size_t count);

#endif
