#include "dpo-train/train_pace.h"

#include "core/clock.h"

static struct {
    double begin;
    uint64_t tokens, updates;
} run;

void pace_begin(void)
{
    run.begin = clock_seconds();
}

void pace_count(uint64_t tokens)
{
    run.tokens += tokens;
    run.updates++;
}

double pace_took(void)
{
    return clock_seconds() - run.begin;
}

uint64_t pace_updates(void)
{
    return run.updates;
}

double pace_tokens(void)
{
    return run.updates ? (double)run.tokens / pace_took() : 0;
}

double pace_left(uint64_t updates)
{
    return run.updates ? pace_took() / (double)run.updates * (double)updates : 0;
}
