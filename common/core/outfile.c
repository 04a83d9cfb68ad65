#include "core/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PENDING ((size_t)256 << 10)
#define START_EARLY ((uint64_t)8 << 20)
#define PIPE_SIZE (1 << 20)

static bool fail(struct outfile *out, struct err *err, const char *what)
{
    /* Python parents and some daemons leave SIGPIPE ignored: end as it would have ended us. */
    if (errno == EPIPE) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return err_errno(err, "%s: cannot %s", out->path ? out->path : "standard output", what);
}

/* Files that have a temporary name already, so that a program which ends leaves none behind. */
static struct outfile *named[8];

static void remove_named(void)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i] && named[i]->named) unlinkat(named[i]->folder, named[i]->temporary, 0);
}

static void watch(struct outfile *out)
{
    static bool asked;
    size_t i = 0;

    if (!asked) atexit(remove_named);
    asked = true;
    while (i < sizeof named / sizeof named[0] && named[i]) i++;
    if (i < sizeof named / sizeof named[0]) named[i] = out;
}

static void unwatch(const struct outfile *out)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i] == out) named[i] = NULL;
}

/* Where the system offers no nameless files the temporary has its name from the start. */
static bool open_temporary(struct outfile *out, struct err *err)
{
    static unsigned count;
    char name[320];

    out->fd = openat(out->folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    snprintf(name, sizeof name, ".%.200s.%ld-%u.tmp", out->name, (long)getpid(), count++);
    out->temporary = mem_copy_text(name);
    if (out->fd >= 0) return true;
    out->fd = openat(out->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (out->fd < 0) return fail(out, err, "create");
    watch(out);
    return out->named = true;
}

static bool open_folder(struct outfile *out, struct err *err)
{
    const char *slash = strrchr(out->path, '/');
    struct buffer folder = {0};

    buffer_add(&folder, out->path, slash ? (size_t)(slash - out->path) : 0);
    if (!folder.len) buffer_byte(&folder, slash ? '/' : '.');
    buffer_byte(&folder, '\0');
    out->name = slash ? slash + 1 : out->path;
    out->folder = open(folder.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    buffer_release(&folder);
    if (!*out->name) return err_set(err, "%s: no file name", out->path);
    return out->folder >= 0 || fail(out, err, "create");
}

bool outfile_open(struct outfile *out, const char *path, struct err *err)
{
    struct stat stat;

    *out = (struct outfile){.path = path, .fd = -1, .folder = -1};
    if (!path || strcmp(path, "-") == 0) {
        out->path = NULL;
        out->fd = STDOUT_FILENO;
        if (fstat(out->fd, &stat) == 0 && S_ISFIFO(stat.st_mode))
            fcntl(out->fd, F_SETPIPE_SZ, PIPE_SIZE); /* a wish: may be refused */
        return true;
    }
    if (lstat(path, &stat) == 0 && !S_ISREG(stat.st_mode) && !S_ISLNK(stat.st_mode)) {
        if (S_ISDIR(stat.st_mode)) return err_set(err, "%s: is a directory", path);
        out->fd = open(path, O_WRONLY | O_CLOEXEC);
        return out->fd >= 0 || fail(out, err, "open");
    }
    return open_folder(out, err) && open_temporary(out, err);
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

/* A file of this name can only be what a killed program with our number left behind. */
static bool name_temporary(struct outfile *out, struct err *err)
{
    char nameless[64];

    snprintf(nameless, sizeof nameless, "/proc/self/fd/%d", out->fd);
    unlinkat(out->folder, out->temporary, 0);
    if (linkat(AT_FDCWD, nameless, out->folder, out->temporary, AT_SYMLINK_FOLLOW) != 0)
        return fail(out, err, "name");
    watch(out);
    return out->named = true;
}

bool outfile_sync(struct outfile *out, struct err *err)
{
    if (!outfile_flush(out, err)) return false;
    if (out->folder < 0) return true;
    if (fsync(out->fd) != 0) return fail(out, err, "sync");
    return out->named || name_temporary(out, err);
}

bool outfile_publish(struct outfile *out, struct err *err)
{
    int fd = out->fd;

    if (out->folder < 0 && !out->path) return true;
    out->fd = -1;
    if (close(fd) != 0) return fail(out, err, "close");
    if (out->folder < 0) return true;
    if (renameat(out->folder, out->temporary, out->folder, out->name) != 0)
        return fail(out, err, "rename to");
    out->named = false;
    return fsync(out->folder) == 0 || fail(out, err, "sync the folder of");
}

bool outfile_commit(struct outfile *out, struct err *err)
{
    bool done = outfile_sync(out, err) && outfile_publish(out, err);

    outfile_abandon(out);
    return done;
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
