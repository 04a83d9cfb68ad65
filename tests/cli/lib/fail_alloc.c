/* Preloaded, it makes the allocation numbered FAIL_AT fail (from 1; 0 or unset: none), and with
 * FAIL_STICKY=1 all that follow. With FAIL_COUNT=FILE the number of allocations is written there
 * when the program ends.
 *
 * Functions of the C library that allocate on their own fail too, which is the point. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static atomic_ulong calls;
static unsigned long fail_at;
static int sticky;

static void __attribute__((constructor)) start(void)
{
    const char *at = getenv("FAIL_AT"), *stay = getenv("FAIL_STICKY");

    sticky = stay && *stay == '1';
    atomic_store(&calls, 0);
    fail_at = at ? strtoul(at, NULL, 10) : 0;
}

static void __attribute__((destructor)) stop(void)
{
    const char *path = getenv("FAIL_COUNT");
    char text[32];
    int len = snprintf(text, sizeof text, "%lu\n", atomic_load(&calls)), fd;

    if (!path) return;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || write(fd, text, (size_t)len) != len) _exit(1);
    close(fd);
}

static int fails(void)
{
    unsigned long number = atomic_fetch_add(&calls, 1) + 1;

    if (!fail_at || number < fail_at || (number > fail_at && !sticky)) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
