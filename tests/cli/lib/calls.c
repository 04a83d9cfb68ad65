/* Preloaded, it counts the calls of a program that change files, and does something at one of them:
 *
 *     CALLS_COUNT=FILE    writes how many there were when the program ends
 *     CALLS_AT=N          the call that is meant, from 1
 *     CALLS_DO=NUMBER     this signal comes before it; by default KILL
 *     CALLS_DO=torn       a write puts half of its bytes there, and the program is killed
 *     CALLS_DO=fail       the call fails: EIO
 *     CALLS_DO=full       it and all later ones that need room fail: ENOSPC
 *     CALLS_FAST=1        nothing is synced: a program that is killed loses nothing by that, and
 *                         these calls take most of the time
 *
 * Calls that the C library makes on its own are not seen. Parameters have its names. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_ulong calls;
static unsigned long at;
static const char *what = "9";
static int fast;

static void __attribute__((constructor)) start(void)
{
    const char *number = getenv("CALLS_AT"), *deed = getenv("CALLS_DO");

    atomic_store(&calls, 0);
    at = number ? strtoul(number, NULL, 10) : 0;
    if (deed) what = deed;
    fast = getenv("CALLS_FAST") != NULL;
}

static void __attribute__((destructor)) stop(void)
{
    const char *path = getenv("CALLS_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;

    if (path && (!file || fprintf(file, "%lu\n", atomic_load(&calls)) < 0 || fclose(file) != 0))
        _exit(1);
}

static int fails(int needs_room)
{
    const unsigned long number = atomic_fetch_add(&calls, 1) + 1;
    const int full = strcmp(what, "full") == 0;

    if (!at || number < at || (number > at && !full)) return 0;
    if (full || strcmp(what, "fail") == 0) {
        errno = full ? ENOSPC : EIO;
        return !full || needs_room;
    }
    kill(getpid(), strcmp(what, "torn") == 0 ? SIGKILL : (int)strtol(what, NULL, 10));
    return 0;
}

static int is_torn(void)
{
    return at && atomic_load(&calls) + 1 == at && strcmp(what, "torn") == 0;
}

#define CALL(name, needs_room, parameters, ...)                                                    \
    int name parameters                                                                            \
    {                                                                                              \
        return fails(needs_room) ? -1 : (int)syscall(SYS_##name, __VA_ARGS__);                     \
    }

CALL(ftruncate, 0, (int fd, off_t length), fd, length)
CALL(mkdir, 1, (const char *path, mode_t mode), path, mode)
CALL(mkdirat, 1, (int fd, const char *path, mode_t mode), fd, path, mode)
CALL(unlink, 0, (const char *name), name)
CALL(unlinkat, 0, (int fd, const char *name, int flag), fd, name, flag)
CALL(renameat, 0, (int oldfd, const char *old, int newfd, const char *new), oldfd, old, newfd, new)
CALL(renameat2, 0, (int oldfd, const char *old, int newfd, const char *new, unsigned flags), oldfd,
     old, newfd, new, flags)
CALL(linkat, 1, (int fromfd, const char *from, int tofd, const char *to, int flags), fromfd, from,
     tofd, to, flags)

static int synced(int number, int fd)
{
    if (fails(1)) return -1;
    return fast ? 0 : (int)syscall(number, fd);
}

int fsync(int fd)
{
    return synced(SYS_fsync, fd);
}

int fdatasync(int fildes)
{
    return synced(SYS_fdatasync, fildes);
}

ssize_t write(int fd, const void *buf, size_t n)
{
    if (fd <= 2) return syscall(SYS_write, fd, buf, n);
    if (is_torn() && n > 1) n /= 2;
    if (is_torn()) syscall(SYS_write, fd, buf, n);
    return fails(1) ? -1 : syscall(SYS_write, fd, buf, n);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset)
{
    return fails(1) ? -1 : syscall(SYS_pwrite64, fd, buf, n, offset);
}

static int makes(int flags)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

static int open_file(int fd, const char *file, int oflag, va_list more)
{
    const mode_t mode = makes(oflag) ? va_arg(more, mode_t) : 0;

    return makes(oflag) && fails(1) ? -1 : (int)syscall(SYS_openat, fd, file, oflag, mode);
}

int open(const char *file, int oflag, ...)
{
    va_list more;
    int fd;

    va_start(more, oflag);
    fd = open_file(AT_FDCWD, file, oflag, more);
    va_end(more);
    return fd;
}

int openat(int fd, const char *file, int oflag, ...)
{
    va_list more;

    va_start(more, oflag);
    fd = open_file(fd, file, oflag, more);
    va_end(more);
    return fd;
}
