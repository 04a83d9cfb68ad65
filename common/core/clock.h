/* A clock that nobody sets, for how long things take. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stddef.h>

double clock_seconds(void); /* may be called in the handler of a signal */

/* As people read it: '1:02:03', or '4:05' below an hour. */
void clock_show(char *out, size_t room, double seconds);

#endif
