/* What is about to go wrong in a run, seen in its plan: mistakes that cost a night and that nothing
 * else tells of. */
#ifndef CONTROL_TRAPS_H
#define CONTROL_TRAPS_H

#include "control/plan.h"
#include "control/warning.h"

/* Adds a line for each trap that the plan meets. */
void traps_find(const struct plan *plan, struct warnings *warnings);

#endif
