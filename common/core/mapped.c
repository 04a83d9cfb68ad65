#include "core/mapped.h"

#include "core/lines.h"
#include "core/memory.h"
#include "core/outfile.h"
#include "core/report.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the handler of SIGBUS knows of a mapping. Entries are used again, but never freed or
 * unlinked: a handler may walk along them at any moment. Free ones begin at 0. */
struct region {
    atomic_uintptr_t begin, end;
    char *words; /* made beforehand: a handler may only write them */
    size_t len;
    struct region *next;
};
static _Atomic(struct region *) regions;
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before_us; /* of SIGBUS */

static struct region *region_at(uintptr_t address)
{
    struct region *region = atomic_load(&regions);

    for (; region; region = region->next) {
        uintptr_t begin = atomic_load(&region->begin);

        if (begin && begin <= address && address < atomic_load(&region->end)) break;
    }
    return region;
}

/* Several threads may get here at once: the first ends the program, the others wait for that. An
 * address that is none of ours is met again by whoever handled such signals before. */
static void on_sigbus(int number, siginfo_t *info, void *context)
{
    static atomic_flag ending = ATOMIC_FLAG_INIT;
    struct region *region =
        info->si_code > 0 ? region_at((uintptr_t)info->si_addr) : NULL; /* else sent by kill */
    ssize_t put;

    (void)context;
    if (!region) {
        sigaction(SIGBUS, &before_us, NULL);
        if (info->si_code <= 0) raise(number);
        return;
    }
    while (atomic_flag_test_and_set(&ending)) pause();
    outfile_remove_temporaries();
    put = write(STDERR_FILENO, region->words, region->len);
    (void)put;
    _exit(EXIT_FAILED);
}

static void handle_sigbus(void)
{
    struct sigaction ours = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};

    sigaction(SIGBUS, &ours, &before_us);
}

static void region_add(const struct mapped *file)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char words[REPORT_LINE];
    struct region *region;

    pthread_once(&once, handle_sigbus);
    pthread_mutex_lock(&changing);
    region = atomic_load(&regions);
    while (region && atomic_load(&region->begin)) region = region->next;
    if (!region) {
        region = mem_zero(1, sizeof *region);
        region->next = atomic_load(&regions);
        atomic_store(&regions, region);
    }
    region->len =
        report_last_words(words, "%s: the file shrank while it was read", path_shown(file->path));
    region->words = memcpy(mem_alloc(region->len), words, region->len);
    atomic_store(&region->end, (uintptr_t)file->at + file->len);
    atomic_store(&region->begin, (uintptr_t)file->at);
    pthread_mutex_unlock(&changing);
}

static void region_remove(const struct mapped *file)
{
    struct region *region;

    pthread_mutex_lock(&changing);
    region = region_at((uintptr_t)file->at);
    assert(region);
    atomic_store(&region->begin, 0);
    mem_free(region->words);
    region->words = NULL;
    pthread_mutex_unlock(&changing);
}

bool mapped_take(struct mapped *file, int fd, const char *path, struct err *err)
{
    struct stat found;
    void *at = NULL;

    *file = (struct mapped){0};
    if (fstat(fd, &found) != 0) goto fail;
    if (!S_ISREG(found.st_mode)) {
        close(fd);
        return err_set(err, "%s: not a regular file", path_shown(path));
    }
    if (found.st_size > 0) at = mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) goto fail;
    close(fd);
    *file = (struct mapped){at, (uint64_t)found.st_size, mem_copy_text(path)};
    if (at) region_add(file);
    return true;

fail:
    err_errno(err, "%s", path_shown(path));
    close(fd);
    return false;
}

bool mapped_open(struct mapped *file, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *file = (struct mapped){0};
    if (fd < 0) return err_errno(err, "%s", path_shown(path));
    return mapped_take(file, fd, path, err);
}

/* Of whole pages: those that are shared with a neighbour are read again from the cache. */
static void advise(const void *at, size_t len, int advice)
{
    const size_t into = (uintptr_t)at % (size_t)sysconf(_SC_PAGESIZE);

    if (len) madvise((char *)at - into, len + into, advice);
}

void mapped_want(const void *at, size_t len)
{
    advise(at, len, MADV_WILLNEED);
}

void mapped_drop(const void *at, size_t len)
{
    advise(at, len, MADV_DONTNEED);
}

bool mapped_is_at(const struct mapped *file, const char *path)
{
    struct stat mine, other;

    if (!file->path || !path || strcmp(path, "-") == 0) return false;
    return stat(file->path, &mine) == 0 && stat(path, &other) == 0 && mine.st_dev == other.st_dev &&
           mine.st_ino == other.st_ino;
}

void mapped_close(struct mapped *file)
{
    if (file->at) {
        region_remove(file);
        munmap((void *)file->at, (size_t)file->len);
    }
    mem_free(file->path);
    *file = (struct mapped){0};
}
