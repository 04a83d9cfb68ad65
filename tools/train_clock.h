/* How fast a run goes, in this process. */
#ifndef TOOLS_TRAIN_CLOCK_H
#define TOOLS_TRAIN_CLOCK_H

#include <stddef.h>
#include <stdint.h>

double clock_seconds(void);
void clock_begin(void);            /* from here on it counts */
void clock_count(uint64_t tokens); /* an update is done */

double clock_took(void);
uint64_t clock_updates(void);
double clock_pace(void);             /* tokens a second; 0 before the first update */
double clock_left(uint64_t updates); /* seconds that so many more will take */

void clock_show(char *out, size_t room, double seconds); /* '1:02:03', or '4:05' below an hour */

#endif
