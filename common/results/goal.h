/* Which way a metric is better. */
#ifndef RESULTS_GOAL_H
#define RESULTS_GOAL_H

#include "core/memory.h"

#include <stdbool.h>

/* Is less of this metric better, as of a loss? */
bool goal_is_less(struct text name);

#endif
