#include "core/outfile.h"

#include "core/hidden.h"
#include "core/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PENDING ((size_t)256 << 10)
#define START_EARLY ((uint64_t)8 << 20)
#define PIPE_SIZE (1 << 20)
#define NAME_ROOM 320

/* Temporaries that have a name already, so that a program which ends leaves none behind. A signal
 * may come at any moment: entries are used again, but never freed or unlinked. */
struct watched {
    const struct outfile *owner;
    int folder;
    char name[NAME_ROOM];
    atomic_bool there;
    struct watched *next;
};
static _Atomic(struct watched *) all_watched;

void outfile_remove_temporaries(void)
{
    for (struct watched *entry = atomic_load(&all_watched); entry; entry = entry->next)
        if (atomic_load(&entry->there)) unlinkat(entry->folder, entry->name, 0);
}

static void remove_and_die(int number)
{
    outfile_remove_temporaries();
    raise(number); /* which has its default again */
}

/* What the program's parent told it to ignore stays ignored. */
static void watch_the_end(void)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGPIPE, SIGTERM};
    struct sigaction ours = {.sa_handler = remove_and_die,
                             .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    static bool done;

    if (done) return;
    done = true;
    atexit(outfile_remove_temporaries);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction old;

        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(numbers[i], &ours, NULL);
    }
}

static struct watched *entry_of(const struct outfile *owner)
{
    struct watched *entry = atomic_load(&all_watched);

    while (entry && entry->owner != owner) entry = entry->next;
    return entry;
}

static void unwatch(const struct outfile *out)
{
    struct watched *entry = entry_of(out);

    if (!entry) return;
    atomic_store(&entry->there, false);
    entry->owner = NULL;
}

/* Before the file is there, so that no moment lies between. */
static void watch(const struct outfile *out)
{
    struct watched *entry;

    watch_the_end();
    unwatch(out);
    entry = entry_of(NULL);
    if (!entry) {
        entry = mem_zero(1, sizeof *entry);
        entry->next = atomic_load(&all_watched);
        atomic_store(&all_watched, entry);
    }
    entry->owner = out;
    entry->folder = out->folder;
    snprintf(entry->name, NAME_ROOM, "%s", out->temporary);
    atomic_store(&entry->there, true);
}

static bool fail(struct outfile *out, struct err *err, const char *what)
{
    /* Python parents and some daemons leave SIGPIPE ignored: end as it would have ended us. */
    if (errno == EPIPE) {
        outfile_remove_temporaries();
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return err_errno(err, "%s: cannot %s", out->path ? out->path : "standard output", what);
}

static void choose_name(struct outfile *out)
{
    static unsigned count;
    char name[NAME_ROOM];

    snprintf(name, sizeof name, ".%.*s.%ld-%u.tmp", (int)HIDDEN_NAME, out->name, (long)getpid(),
             count++);
    mem_free(out->temporary);
    out->temporary = mem_copy_text(name);
}

/* The lock says that we live: see outfile_sweep.c. One who sweeps may have taken it, or removed the
 * file, before we came to it. */
static bool take_lock(const struct outfile *out)
{
    struct stat found;

    return (flock(out->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) &&
           (fstat(out->fd, &found) != 0 || found.st_nlink > 0);
}

/* Another machine or container may write here under our number: its files are left alone. */
static bool open_named(struct outfile *out, mode_t mode, struct err *err)
{
    for (int tries = 0; out->fd < 0 && tries < 100; tries++) {
        if (tries) choose_name(out);
        watch(out);
        out->fd = openat(out->folder, out->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (out->fd >= 0 && take_lock(out)) return out->named = true;
        unwatch(out);
        if (out->fd < 0 && errno != EEXIST) break;
        if (out->fd >= 0) close(out->fd); /* of one who sweeps now, and removes it */
        out->fd = -1;
    }
    return fail(out, err, "create");
}

/* Where the system offers no nameless files, or no /proc to name them by, the temporary has its
 * name from the start. old is the file to replace, or NULL: its permissions are kept. */
static bool open_temporary(struct outfile *out, const struct stat *old, struct err *err)
{
    mode_t mode = old ? old->st_mode & 0777 : 0666;

    choose_name(out);
    if (access("/proc/self/fd", F_OK) == 0)
        out->fd = openat(out->folder, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
    if (out->fd >= 0) flock(out->fd, LOCK_EX | LOCK_NB);
    if (out->fd < 0 && !open_named(out, mode, err)) return false;
    return !old || fchmod(out->fd, mode) == 0 || fail(out, err, "set the permissions");
}

static bool open_folder(struct outfile *out, struct err *err)
{
    out->folder = parent_open(out->path, &out->name);
    if (!*out->name) return err_set(err, "%s: no file name", out->path);
    return out->folder >= 0 || fail(out, err, "create");
}

/* Such names stand for devices and open files, whatever they lead to: nothing can be put in their
 * place, nor in that of a link to them. */
static bool is_system_name(const char *path)
{
    return strncmp(path, "/proc/", 6) == 0 ||
           (strncmp(path, "/dev/", 5) == 0 && strncmp(path, "/dev/shm/", 9) != 0);
}

static bool leads_to_system(const char *path)
{
    char target[16]; /* its beginning is enough */
    ssize_t len = readlink(path, target, sizeof target - 1);

    target[len > 0 ? len : 0] = '\0';
    return is_system_name(path) || is_system_name(target);
}

static bool open_straight(struct outfile *out, const struct stat *stat, struct err *err)
{
    int append = stat && S_ISREG(stat->st_mode) ? O_APPEND : 0; /* what stands there stays */

    out->fd = open(out->path, O_WRONLY | O_CLOEXEC | append);
    return out->fd >= 0 || fail(out, err, "open");
}

static bool is_standard_output(const char *path)
{
    static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    size_t i = 0;

    while (path && i < 4 && strcmp(path, names[i]) != 0) i++;
    return i < 4;
}

bool outfile_open(struct outfile *out, const char *path, struct err *err)
{
    struct stat stat_of;
    bool there;

    *out = (struct outfile){.path = path, .fd = -1, .folder = -1};
    if (is_standard_output(path)) {
        out->path = NULL;
        out->fd = STDOUT_FILENO;
        if (fstat(out->fd, &stat_of) == 0 && S_ISFIFO(stat_of.st_mode))
            fcntl(out->fd, F_SETPIPE_SZ, PIPE_SIZE); /* a wish: may be refused */
        return true;
    }
    if (!*path) return err_set(err, "'': no file name");
    there = stat(path, &stat_of) == 0;
    if (there && S_ISDIR(stat_of.st_mode)) return err_set(err, "%s: is a directory", path);
    if ((there && !S_ISREG(stat_of.st_mode)) || leads_to_system(path))
        return open_straight(out, there ? &stat_of : NULL, err);
    if (!open_folder(out, err)) return false;
    hidden_sweep(out->folder, out->name);
    return open_temporary(out, there ? &stat_of : NULL, err);
}

/* Two files to be renamed are the same when their names are; else what is there tells. */
bool outfile_same(const struct outfile *a, const struct outfile *b)
{
    const struct outfile *outs[2] = {a, b};
    bool renamed = a->folder >= 0 && b->folder >= 0;
    struct stat stats[2];

    if (!a->path && !b->path) return true;
    for (int i = 0; i < 2; i++) {
        const struct outfile *out = outs[i];
        int got = renamed || out->folder < 0
                      ? fstat(renamed ? out->folder : out->fd, &stats[i])
                      : fstatat(out->folder, out->name, &stats[i], AT_SYMLINK_NOFOLLOW);

        if (got != 0 || S_ISCHR(stats[i].st_mode)) return false; /* /dev/null takes all */
    }
    return stats[0].st_dev == stats[1].st_dev && stats[0].st_ino == stats[1].st_ino &&
           (!renamed || strcmp(a->name, b->name) == 0);
}

static bool write_all(struct outfile *out, const char *at, size_t len, struct err *err)
{
    while (len) {
        ssize_t put = write(out->fd, at, len);

        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(out, err, "write");
        at += put;
        len -= (size_t)put;
    }
    return true;
}

bool outfile_flush(struct outfile *out, struct err *err)
{
    size_t len = out->pending.len;

    out->pending.len = 0;
    return write_all(out, out->pending.at, len, err);
}

/* The disk works while we do, so that the sync at the end has little left. */
static void start_writing(struct outfile *out)
{
    if (out->folder < 0 || out->written - out->started < START_EARLY) return;
    sync_file_range(out->fd, (off_t)out->started, (off_t)(out->written - out->started),
                    SYNC_FILE_RANGE_WRITE);
    out->started = out->written;
}

bool outfile_write(struct outfile *out, const void *data, size_t len, struct err *err)
{
    out->written += len;
    if (out->pending.len + len > PENDING && !outfile_flush(out, err)) return false;
    if (len > PENDING / 4) {
        bool done = outfile_flush(out, err) && write_all(out, data, len, err);

        start_writing(out);
        return done;
    }
    if (!out->pending.room) buffer_reserve(&out->pending, PENDING);
    buffer_add(&out->pending, data, len);
    start_writing(out);
    return true;
}

bool outfile_can_place(const struct outfile *out)
{
    return out->folder >= 0;
}

/* Where the file system cannot promise room, the length alone is set. */
bool outfile_extend(struct outfile *out, uint64_t size, struct err *err)
{
    if (size > INT64_MAX) return err_set(err, "%s: larger than a file can be", out->path);
    if (size > 0 && fallocate(out->fd, 0, 0, (off_t)size) == 0) return true;
    if (errno == ENOSPC || errno == EFBIG || errno == EDQUOT) return fail(out, err, "write");
    return ftruncate(out->fd, (off_t)size) == 0 || fail(out, err, "write");
}

bool outfile_place(struct outfile *out, uint64_t at, const void *data, size_t len, struct err *err)
{
    const char *from = data;

    for (size_t done = 0; done < len;) {
        const ssize_t put = pwrite(out->fd, from + done, len - done, (off_t)(at + done));

        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(out, err, "write");
        done += (size_t)put;
    }
    if (len >= START_EARLY) sync_file_range(out->fd, (off_t)at, (off_t)len, SYNC_FILE_RANGE_WRITE);
    return true;
}

bool outfile_name(struct outfile *out, struct err *err)
{
    char nameless[64];

    if (out->folder < 0 || out->named) return true;
    snprintf(nameless, sizeof nameless, "/proc/self/fd/%d", out->fd);
    for (int tries = 0; tries < 100; tries++) {
        if (tries) choose_name(out);
        watch(out);
        if (linkat(AT_FDCWD, nameless, out->folder, out->temporary, AT_SYMLINK_FOLLOW) == 0)
            return out->named = true;
        unwatch(out);
        if (errno != EEXIST) break;
    }
    return fail(out, err, "name");
}

bool outfile_sync(struct outfile *out, struct err *err)
{
    return outfile_flush(out, err) &&
           (out->folder < 0 || fsync(out->fd) == 0 || fail(out, err, "sync"));
}

/* Closing a second descriptor tells what closing the first one would. Standard output stays open so
 * that the reader of a pipe sees no end yet: in a pipeline our talk comes before that of the next
 * program. A file to be renamed keeps its lock to the end. */
bool outfile_publish(struct outfile *out, struct err *err)
{
    int fd = out->path && out->folder < 0 ? out->fd : dup(out->fd);

    if (out->folder < 0) out->fd = -1;
    if (close(fd) != 0) return fail(out, err, "close");
    if (out->folder < 0) return true;
    if (renameat(out->folder, out->temporary, out->folder, out->name) != 0)
        return fail(out, err, "rename to");
    out->named = false;
    return fsync(out->folder) == 0 || fail(out, err, "sync the folder of");
}

/* What is written straight ends first: its close can still fail. */
bool outfile_commit_all(struct outfile *const *outs, size_t count, struct err *err)
{
    bool done = true;

    for (size_t i = 0; i < count && done; i++) done = outfile_sync(outs[i], err);
    for (size_t i = 0; i < count && done; i++) done = outfile_name(outs[i], err);
    for (int renamed = 0; renamed < 2; renamed++)
        for (size_t i = 0; i < count && done; i++)
            if ((outs[i]->folder >= 0) == renamed) done = outfile_publish(outs[i], err);
    for (size_t i = 0; i < count; i++) outfile_abandon(outs[i]);
    return done;
}

bool outfile_commit(struct outfile *out, struct err *err)
{
    return outfile_commit_all(&out, 1, err);
}

void outfile_abandon(struct outfile *out)
{
    unwatch(out);
    if (out->fd >= 0 && out->fd != STDOUT_FILENO) close(out->fd);
    if (out->named) unlinkat(out->folder, out->temporary, 0);
    if (out->folder >= 0) close(out->folder);
    mem_free(out->temporary);
    buffer_release(&out->pending);
    out->fd = out->folder = -1;
    out->temporary = NULL;
    out->named = false;
}

bool outfile_put(const char *path, struct text text, struct err *err)
{
    struct outfile out;
    const bool good = outfile_open(&out, path, err) &&
                      outfile_write(&out, text.at, text.len, err) && outfile_commit(&out, err);

    outfile_abandon(&out);
    return good;
}
