#include "machine/team.h"

#include "core/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* How often a thread looks for news before it sleeps: some 20 to 50 microseconds. A step of
 * generation is some hundred short calls; sleeping between them would take longer than they do. */
#define LOOKS 2000

struct member {
    struct team *team;
    size_t number;
    pthread_t thread;
    void *scratch;
    size_t room;
};

struct team {
    struct member *members;
    size_t size;

    void (*work)(void *context, size_t piece, size_t thread);
    void *context;
    size_t count;
    atomic_size_t next;        /* piece to be taken */
    atomic_size_t busy;        /* members still at this call, the caller left out */
    atomic_uint_fast64_t call; /* changes with each call */
    atomic_bool over;

    pthread_mutex_t lock; /* for those who sleep */
    pthread_cond_t news, done;
};

static void breathe(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void work_off(struct team *team, size_t number)
{
    for (;;) {
        const size_t piece = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);

        if (piece >= team->count) return;
        team->work(team->context, piece, number);
    }
}

/* Returns when there is a call after the one seen. */
static void await_call(struct team *team, uint_fast64_t seen)
{
    for (int i = 0; i < LOOKS; i++) {
        if (atomic_load_explicit(&team->call, memory_order_acquire) != seen) return;
        breathe();
    }
    pthread_mutex_lock(&team->lock);
    while (atomic_load_explicit(&team->call, memory_order_acquire) == seen)
        pthread_cond_wait(&team->news, &team->lock);
    pthread_mutex_unlock(&team->lock);
}

static void *member_main(void *argument)
{
    const struct member *member = argument;
    struct team *team = member->team;

    for (uint_fast64_t seen = 0;; seen++) {
        await_call(team, seen);
        if (atomic_load(&team->over)) return NULL;
        work_off(team, member->number);
        if (atomic_fetch_sub_explicit(&team->busy, 1, memory_order_acq_rel) > 1) continue;
        pthread_mutex_lock(&team->lock);
        pthread_cond_signal(&team->done);
        pthread_mutex_unlock(&team->lock);
    }
}

static void call_out(struct team *team)
{
    pthread_mutex_lock(&team->lock);
    atomic_fetch_add_explicit(&team->call, 1, memory_order_release);
    pthread_cond_broadcast(&team->news);
    pthread_mutex_unlock(&team->lock);
}

struct team *team_start(size_t threads)
{
    struct team *team = mem_zero(1, sizeof *team);

    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->news, NULL);
    pthread_cond_init(&team->done, NULL);
    team->members = mem_zero(threads ? threads : 1, sizeof *team->members);
    for (team->size = 1; team->size < threads; team->size++) {
        struct member *member = &team->members[team->size];

        *member = (struct member){.team = team, .number = team->size};
        if (pthread_create(&member->thread, NULL, member_main, member) != 0) break;
    }
    return team;
}

void team_stop(struct team *team)
{
    if (!team) return;
    atomic_store(&team->over, true);
    call_out(team);
    for (size_t i = 0; i < team->size; i++) {
        if (i > 0) pthread_join(team->members[i].thread, NULL);
        mem_free(team->members[i].scratch);
    }
    pthread_cond_destroy(&team->done);
    pthread_cond_destroy(&team->news);
    pthread_mutex_destroy(&team->lock);
    mem_free(team->members);
    mem_free(team);
}

size_t team_size(const struct team *team)
{
    return team->size;
}

static void await_members(struct team *team)
{
    for (int i = 0; i < LOOKS; i++) {
        if (atomic_load_explicit(&team->busy, memory_order_acquire) == 0) return;
        breathe();
    }
    pthread_mutex_lock(&team->lock);
    while (atomic_load_explicit(&team->busy, memory_order_acquire) > 0)
        pthread_cond_wait(&team->done, &team->lock);
    pthread_mutex_unlock(&team->lock);
}

void team_run(struct team *team, size_t count,
              void (*work)(void *context, size_t piece, size_t thread), void *context)
{
    if (team->size == 1 || count == 1) {
        for (size_t piece = 0; piece < count; piece++) work(context, piece, 0);
        return;
    }
    team->work = work;
    team->context = context;
    team->count = count;
    atomic_store(&team->next, 0);
    atomic_store(&team->busy, team->size - 1);
    call_out(team);
    work_off(team, 0);
    await_members(team);
}

void *team_scratch(struct team *team, size_t thread, size_t bytes)
{
    struct member *member = &team->members[thread];

    if (member->room < bytes) {
        mem_free(member->scratch);
        member->scratch = NULL;
        member->room = bytes;
        member->scratch = mem_aligned(bytes);
    }
    return member->scratch;
}
