/* Preloaded, it counts the calls of a program that change files, and does something at one of them:
 *
 *     CALLS_COUNT=FILE    writes how many there were when the program ends
 *     CALLS_AT=N          the call that is meant, from 1
 *     CALLS_DO=NUMBER     this signal comes before it; by default KILL
 *     CALLS_DO=torn       a write puts half of its bytes there, and the program is killed
 *     CALLS_DO=fail       the call fails: EIO
 *     CALLS_DO=full       it and all later ones that need room fail: ENOSPC
 *     CALLS_LOG=FILE      adds a line for each that changed something, with numbers of inodes:
 *                             D INODE              other bytes in a file, other names in a folder
 *                             S INODE              it was synced
 *                             H INODE              lies in the folder that is about to be renamed
 *                             N INODE FOLDER NAME  got this name by a rename
 *                             U FOLDER             a name in it is gone
 *     CALLS_FAST=1        nothing is synced: a program that is killed loses nothing by that, and
 *                         these calls take most of the time
 *
 * Calls that the C library makes on its own are not seen. Parameters have its names. */
#define _GNU_SOURCE
#include <dirent.h>
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
static int fast, log_fd = -1;

static void __attribute__((constructor)) start(void)
{
    const char *log = getenv("CALLS_LOG");
    const char *number = getenv("CALLS_AT"), *deed = getenv("CALLS_DO");

    atomic_store(&calls, 0);
    at = number ? strtoul(number, NULL, 10) : 0;
    if (deed) what = deed;
    fast = getenv("CALLS_FAST") != NULL;
    if (log)
        log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                              0666);
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

/* --- The log. Calls succeed whether it can be written or not. */

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
    char line[512];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (len > 0 && (size_t)len < sizeof line && syscall(SYS_write, log_fd, line, len) != len)
        _exit(1);
}

static void note_file(char what, int fd)
{
    const int cause = errno;
    struct stat found;

    if (log_fd >= 0 && fstat(fd, &found) == 0) note("%c %lu\n", what, (unsigned long)found.st_ino);
    errno = cause;
}

/* The folder that a name stands in. */
static unsigned long folder_of(int fd, const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096] = ".";
    struct stat found;

    if (slash)
        snprintf(folder, sizeof folder, "%.*s", slash > path ? (int)(slash - path) : 1, path);
    return fstatat(fd, folder, &found, 0) == 0 ? (unsigned long)found.st_ino : 0;
}

static void note_folder(char what, int fd, const char *path)
{
    const int cause = errno;

    if (log_fd >= 0) note("%c %lu\n", what, folder_of(fd, path));
    errno = cause;
}

/* Before a rename: what lies in the folder, if it is one. */
static void note_content(int fd, const char *path)
{
    const int folder = (int)syscall(SYS_openat, fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = folder < 0 ? NULL : fdopendir(folder);
    const struct dirent *entry;

    while (list && (entry = readdir(list)))
        if (entry->d_name[0] != '.') note("H %lu\n", (unsigned long)entry->d_ino);
    if (list) closedir(list);
}

static int renamed(int oldfd, const char *old, int newfd, const char *new, unsigned flags)
{
    const char *slash = strrchr(new, '/');
    struct stat found = {0};
    int got, cause;

    if (log_fd >= 0) {
        fstatat(oldfd, old, &found, AT_SYMLINK_NOFOLLOW);
        note_content(oldfd, old);
    }
    got = (int)syscall(SYS_renameat2, oldfd, old, newfd, new, flags);
    cause = errno;
    if (got == 0 && log_fd >= 0)
        note("N %lu %lu %s\n", (unsigned long)found.st_ino, folder_of(newfd, new),
             slash ? slash + 1 : new);
    errno = cause;
    return got;
}

/* --- The calls. */

/* noted: what is done when it succeeded. */
#define CALL(name, needs_room, noted, parameters, ...)                                             \
    int name parameters                                                                            \
    {                                                                                              \
        int got;                                                                                   \
                                                                                                   \
        if (fails(needs_room)) return -1;                                                          \
        got = (int)syscall(SYS_##name, __VA_ARGS__);                                               \
        if (got == 0) noted;                                                                       \
        return got;                                                                                \
    }

CALL(ftruncate, 0, note_file('D', fd), (int fd, off_t length), fd, length)
CALL(mkdir, 1, note_folder('D', AT_FDCWD, path), (const char *path, mode_t mode), path, mode)
CALL(mkdirat, 1, note_folder('D', fd, path), (int fd, const char *path, mode_t mode), fd, path,
     mode)
CALL(unlink, 0, note_folder('U', AT_FDCWD, name), (const char *name), name)
CALL(unlinkat, 0, note_folder('U', fd, name), (int fd, const char *name, int flag), fd, name, flag)
CALL(linkat, 1, note_folder('D', tofd, to),
     (int fromfd, const char *from, int tofd, const char *to, int flags), fromfd, from, tofd, to,
     flags)

int renameat(int oldfd, const char *old, int newfd, const char *new)
{
    return fails(0) ? -1 : renamed(oldfd, old, newfd, new, 0);
}

int renameat2(int oldfd, const char *old, int newfd, const char *new, unsigned flags)
{
    return fails(0) ? -1 : renamed(oldfd, old, newfd, new, flags);
}

static int synced(int number, int fd)
{
    int got;

    if (fails(1)) return -1;
    got = fast ? 0 : (int)syscall(number, fd);
    if (got == 0) note_file('S', fd);
    return got;
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
    if (fails(1)) return -1;
    note_file('D', fd);
    return syscall(SYS_write, fd, buf, n);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset)
{
    if (fails(1)) return -1;
    note_file('D', fd);
    return syscall(SYS_pwrite64, fd, buf, n, offset);
}

static int makes(int flags)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

static int open_file(int fd, const char *file, int oflag, va_list more)
{
    const mode_t mode = makes(oflag) ? va_arg(more, mode_t) : 0;
    int got;

    if (makes(oflag) && fails(1)) return -1;
    got = (int)syscall(SYS_openat, fd, file, oflag, mode);
    if (got >= 0 && makes(oflag)) note_file('D', got);
    if (got >= 0 && oflag & O_CREAT) note_folder('D', fd, file);
    return got;
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
