#include "train_clock.h"

#include <stdio.h>
#include <time.h>

static struct {
    double begin;
    uint64_t tokens, updates;
} run;

double clock_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void clock_begin(void)
{
    run.begin = clock_seconds();
}

void clock_count(uint64_t tokens)
{
    run.tokens += tokens;
    run.updates++;
}

double clock_took(void)
{
    return clock_seconds() - run.begin;
}

uint64_t clock_updates(void)
{
    return run.updates;
}

double clock_pace(void)
{
    return run.updates ? (double)run.tokens / clock_took() : 0;
}

double clock_left(uint64_t updates)
{
    return run.updates ? clock_took() / (double)run.updates * (double)updates : 0;
}

void clock_show(char *out, size_t room, double seconds)
{
    const unsigned long whole = seconds > 0 ? (unsigned long)(seconds + 0.5) : 0;

    if (whole >= 3600)
        snprintf(out, room, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(out, room, "%lu:%02lu", whole / 60, whole % 60);
}
