#include "core/threads.h"

#include "core/memory.h"

#include <pthread.h>
#include <stdint.h>

struct floor {
    const struct production *production;
    pthread_mutex_t filling, order;
    pthread_cond_t moved;
    uint64_t filled; /* items handed out, under filling */
    bool closed;     /* nothing more to fill, under filling */
    bool fill_failed;
    struct err fill_err;
    uint64_t drained; /* items drained, under order */
    bool failed;      /* drain failed: stop, under order */
    struct err err;
};

/* Returns whether item holds something, and its number. */
static bool take(struct floor *floor, void *item, uint64_t *number)
{
    int got = 0;

    pthread_mutex_lock(&floor->filling);
    if (!floor->closed) {
        got = floor->production->fill(floor->production->context, item, &floor->fill_err);
        if (got <= 0) floor->closed = true;
        if (got < 0) floor->fill_failed = true;
        *number = floor->filled;
        if (got > 0) floor->filled++;
    }
    pthread_mutex_unlock(&floor->filling);
    return got > 0;
}

static void fail(struct floor *floor)
{
    floor->failed = true;
    if (floor->production->failed) floor->production->failed(&floor->err);
}

static bool deliver(struct floor *floor, void *item, uint64_t number)
{
    bool going;

    pthread_mutex_lock(&floor->order);
    while (floor->drained != number) pthread_cond_wait(&floor->moved, &floor->order);
    if (!floor->failed && !floor->production->drain(floor->production->context, item, &floor->err))
        fail(floor);
    going = !floor->failed;
    floor->drained++;
    pthread_cond_broadcast(&floor->moved);
    pthread_mutex_unlock(&floor->order);
    return going;
}

static void *worker(void *argument)
{
    struct floor *floor = argument;
    const struct production *production = floor->production;
    void *item = mem_zero(1, production->item_size);
    uint64_t number;

    while (take(floor, item, &number)) {
        production->work(production->context, item);
        if (!deliver(floor, item, number)) break;
    }
    production->release(item);
    mem_free(item);
    return NULL;
}

bool production_run(const struct production *production, size_t threads, struct err *err)
{
    struct floor floor = {.production = production,
                          .filling = PTHREAD_MUTEX_INITIALIZER,
                          .order = PTHREAD_MUTEX_INITIALIZER,
                          .moved = PTHREAD_COND_INITIALIZER};
    pthread_t *helpers = mem_zero(threads, sizeof *helpers);
    size_t started = 0;

    /* A system that gives fewer threads than asked for gets the work done by those it gave. */
    while (started + 1 < threads && pthread_create(&helpers[started], NULL, worker, &floor) == 0)
        started++;
    worker(&floor);
    for (size_t i = 0; i < started; i++) pthread_join(helpers[i], NULL);
    mem_free(helpers);
    if (floor.failed) *err = floor.err;
    if (!floor.failed && floor.fill_failed) *err = floor.fill_err;
    return !floor.failed && !floor.fill_failed;
}
