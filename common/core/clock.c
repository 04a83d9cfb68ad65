#include "core/clock.h"

#include <stdio.h>
#include <time.h>

double clock_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void clock_show(char *out, size_t room, double seconds)
{
    const unsigned long whole = seconds > 0 ? (unsigned long)(seconds + 0.5) : 0;

    if (whole >= 3600)
        snprintf(out, room, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(out, room, "%lu:%02lu", whole / 60, whole % 60);
}
