/* How fast a run goes, in this process. */
#ifndef TOOLS_TRAIN_PACE_H
#define TOOLS_TRAIN_PACE_H

#include <stddef.h>
#include <stdint.h>

void pace_begin(void);            /* from here on it counts */
void pace_count(uint64_t tokens); /* an update is done */

double pace_took(void);
uint64_t pace_updates(void);
double pace_tokens(void);           /* tokens a second; 0 before the first update */
double pace_left(uint64_t updates); /* seconds that so many more will take */

#endif
