#include "core/threads.h"

#include "core/memory.h"

#include <pthread.h>
#include <stdint.h>

/* Beyond one item a thread: whoever is done early goes on with another one, instead of waiting for
 * those before it. */
#define SPARE 2

struct place {
    void *item;
    bool done; /* worked on, to be drained; under order */
};

struct floor {
    const struct production *production;
    struct place *places; /* the item of number n lies at n modulo their count */
    size_t count;
    pthread_mutex_t filling, order;
    pthread_cond_t moved;
    uint64_t filled; /* items handed out, under filling */
    bool closed;     /* nothing more to fill, under filling */
    bool fill_failed;
    struct err fill_err;
    uint64_t drained; /* items drained, under order */
    bool draining;    /* somebody is at it, under order */
    bool failed;      /* drain failed: stop, under order */
    struct err err;
};

/* Waits until the item that has the place now is drained; false when nothing goes on. */
static bool await_place(struct floor *floor, uint64_t number)
{
    bool going;

    pthread_mutex_lock(&floor->order);
    while (!floor->failed && number - floor->drained >= floor->count)
        pthread_cond_wait(&floor->moved, &floor->order);
    going = !floor->failed;
    pthread_mutex_unlock(&floor->order);
    return going;
}

/* Fills the next item: is there one, and which? */
static bool take(struct floor *floor, uint64_t *number)
{
    const struct production *production = floor->production;
    int got = 0;

    pthread_mutex_lock(&floor->filling);
    if (!floor->closed && await_place(floor, floor->filled)) {
        void *item = floor->places[floor->filled % floor->count].item;

        got = production->fill(production->context, item, &floor->fill_err);
        if (got < 0) floor->fill_failed = true;
        *number = floor->filled;
        if (got > 0) floor->filled++;
    }
    if (got <= 0) floor->closed = true;
    pthread_mutex_unlock(&floor->filling);
    return got > 0;
}

static bool drain(struct floor *floor, void *item)
{
    const struct production *production = floor->production;

    if (production->drain(production->context, item, &floor->err)) return true;
    if (production->failed) production->failed(&floor->err);
    return false;
}

/* An item is done. Whoever finds the next one in order done drains it, and all that follow. */
static void deliver(struct floor *floor, uint64_t number)
{
    struct place *place = &floor->places[number % floor->count];

    pthread_mutex_lock(&floor->order);
    place->done = true;
    place = &floor->places[floor->drained % floor->count];
    while (!floor->draining && !floor->failed && place->done) {
        bool good;

        floor->draining = true;
        pthread_mutex_unlock(&floor->order);
        good = drain(floor, place->item);
        pthread_mutex_lock(&floor->order);
        floor->draining = false;
        floor->failed = !good;
        place->done = false;
        place = &floor->places[++floor->drained % floor->count];
        pthread_cond_broadcast(&floor->moved);
    }
    pthread_mutex_unlock(&floor->order);
}

static void *worker(void *argument)
{
    struct floor *floor = argument;
    const struct production *production = floor->production;
    uint64_t number;

    while (take(floor, &number)) {
        production->work(production->context, floor->places[number % floor->count].item);
        deliver(floor, number);
    }
    return NULL;
}

static void run_workers(struct floor *floor, size_t threads)
{
    pthread_t *helpers = mem_zero(threads, sizeof *helpers);
    size_t started = 0;

    /* A system that gives fewer threads than asked for gets the work done by those it gave. */
    while (started + 1 < threads && pthread_create(&helpers[started], NULL, worker, floor) == 0)
        started++;
    worker(floor);
    for (size_t i = 0; i < started; i++) pthread_join(helpers[i], NULL);
    mem_free(helpers);
}

bool production_run(const struct production *production, size_t threads, struct err *err)
{
    struct floor floor = {.production = production,
                          .count = threads > 1 ? threads + SPARE : 1,
                          .filling = PTHREAD_MUTEX_INITIALIZER,
                          .order = PTHREAD_MUTEX_INITIALIZER,
                          .moved = PTHREAD_COND_INITIALIZER};

    floor.places = mem_zero(floor.count, sizeof *floor.places);
    for (size_t i = 0; i < floor.count; i++)
        floor.places[i].item = mem_zero(1, production->item_size);
    run_workers(&floor, threads);
    for (size_t i = 0; i < floor.count; i++) {
        production->release(floor.places[i].item);
        mem_free(floor.places[i].item);
    }
    mem_free(floor.places);
    if (floor.failed) *err = floor.err;
    if (!floor.failed && floor.fill_failed) *err = floor.fill_err;
    return !floor.failed && !floor.fill_failed;
}
