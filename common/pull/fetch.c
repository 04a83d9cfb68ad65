#include "pull/fetch.h"

#include "core/parent.h"
#include "hash/sha256.h"
#include "net/download.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 16 };

struct work {
    struct fetch *fetch;
    _Atomic uint64_t *done; /* bytes of each file */
    atomic_size_t next;
    atomic_bool failed;
    pthread_mutex_t mutex; /* of err, running, and the wait for it */
    pthread_cond_t ended;
    size_t running;
    struct err *err;
};

struct worker {
    struct work *work;
    struct http *http;
    size_t file;
    pthread_t thread;
};

bool fetch_rename(const char *from, const char *to, struct err *err)
{
    const char *name;
    const int folder = parent_open(to, &name);
    bool good = folder >= 0 && rename(from, to) == 0 && fsync(folder) == 0;

    if (!good) err_errno(err, "%s: cannot be put there", to);
    if (folder >= 0) close(folder);
    return good;
}

static bool on_progress(void *context, uint64_t bytes)
{
    const struct worker *worker = context;

    atomic_store(&worker->work->done[worker->file], bytes);
    return !atomic_load(&worker->work->failed);
}

static bool fetch_one(struct worker *worker, struct err *err)
{
    const struct fetch *fetch = worker->work->fetch;
    const struct fetched *file = &fetch->files[worker->file];
    const struct download download = {.url = file->url,
                                      .token = fetch->token,
                                      .partial = file->partial,
                                      .size = file->size,
                                      .digest = file->digest,
                                      .etag = file->etag,
                                      .context = worker,
                                      .progress = on_progress};

    return download_run(worker->http, &download, err) &&
           fetch_rename(file->partial, file->final, err);
}

static void *run(void *context)
{
    struct worker *worker = context;
    struct work *work = worker->work;
    struct err err;

    while (!atomic_load(&work->failed)) {
        worker->file = atomic_fetch_add(&work->next, 1);
        if (worker->file >= work->fetch->count) break;
        if (fetch_one(worker, &err)) {
            if (work->fetch->files[worker->file].size != DOWNLOAD_UNKNOWN)
                atomic_store(&work->done[worker->file], work->fetch->files[worker->file].size);
            continue;
        }
        pthread_mutex_lock(&work->mutex);
        if (!atomic_exchange(&work->failed, true)) *work->err = err;
        pthread_mutex_unlock(&work->mutex);
    }
    pthread_mutex_lock(&work->mutex);
    work->running--;
    pthread_cond_signal(&work->ended);
    pthread_mutex_unlock(&work->mutex);
    return NULL;
}

static void tell(const struct work *work)
{
    const struct fetch *fetch = work->fetch;
    uint64_t done = 0, total = 0;

    for (size_t i = 0; i < fetch->count; i++) {
        done += atomic_load(&work->done[i]);
        if (fetch->files[i].size != DOWNLOAD_UNKNOWN) total += fetch->files[i].size;
    }
    if (fetch->progress) fetch->progress(fetch->context, done, total);
}

static void wait_for_all(struct work *work)
{
    pthread_mutex_lock(&work->mutex);
    while (work->running) {
        struct timespec until;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 200000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        pthread_cond_timedwait(&work->ended, &work->mutex, &until);
        pthread_mutex_unlock(&work->mutex);
        tell(work);
        pthread_mutex_lock(&work->mutex);
    }
    pthread_mutex_unlock(&work->mutex);
}

bool fetch_all(struct fetch *fetch, struct err *err)
{
    struct worker workers[THREADS] = {0};
    struct work work = {.fetch = fetch, .err = err};
    size_t count = fetch->threads < THREADS ? fetch->threads : THREADS, started = 0;
    struct sha256 warm;

    if (count > fetch->count) count = fetch->count;
    sha256_init(&warm); /* chooses its instructions before there are threads */
    work.done = mem_zero(fetch->count + 1, sizeof *work.done);
    pthread_mutex_init(&work.mutex, NULL);
    pthread_cond_init(&work.ended, NULL);
    work.running = count;
    for (; started < count; started++) {
        workers[started] = (struct worker){.work = &work, .http = http_open(&fetch->http)};
        if (pthread_create(&workers[started].thread, NULL, run, &workers[started]) == 0) continue;
        http_close(workers[started].http);
        break;
    }
    pthread_mutex_lock(&work.mutex);
    work.running -= count - started;
    if (count && !started) atomic_store(&work.failed, !err_set(err, "cannot start a thread"));
    pthread_mutex_unlock(&work.mutex);
    wait_for_all(&work);
    for (size_t i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        http_close(workers[i].http);
    }
    pthread_cond_destroy(&work.ended);
    pthread_mutex_destroy(&work.mutex);
    mem_free((void *)work.done);
    return !atomic_load(&work.failed);
}
