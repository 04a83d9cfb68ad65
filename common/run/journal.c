#include "run/journal.h"

#include "core/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const struct journal *journal, struct err *err, const char *what)
{
    return err_errno(err, "%s: cannot %s", journal->path, what);
}

bool journal_open(struct journal *journal, const char *path, bool fresh, struct err *err)
{
    int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (fresh ? O_EXCL : 0);
    struct stat found;

    *journal = (struct journal){.path = mem_copy_text(path)};
    journal->fd = open(path, flags, 0666);
    if (journal->fd < 0) return fail(journal, err, fresh ? "create" : "open");
    if (fstat(journal->fd, &found) != 0) return fail(journal, err, "read");
    journal->len = (uint64_t)found.st_size;
    return true;
}

bool journal_shorten(struct journal *journal, uint64_t len, struct err *err)
{
    if (len >= journal->len) return true;
    if (ftruncate(journal->fd, (off_t)len) != 0) return fail(journal, err, "shorten");
    journal->len = len;
    return true;
}

/* One write for all of it; only a disk that is full, or a signal on some file systems, makes
 * more. */
static bool write_all(int fd, const char *at, size_t len)
{
    while (len) {
        ssize_t put = write(fd, at, len);

        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        at += put;
        len -= (size_t)put;
    }
    return true;
}

bool journal_add(struct journal *journal, const void *record, size_t len, struct err *err)
{
    if (!write_all(journal->fd, record, len)) {
        int why = errno;
        int shortened = ftruncate(journal->fd, (off_t)journal->len);

        (void)shortened; /* the failure to tell of is the first */
        errno = why;
        return fail(journal, err, "write");
    }
    journal->len += len;
    return true;
}

/* Devices have nothing to sync. */
bool journal_sync(struct journal *journal, struct err *err)
{
    return fdatasync(journal->fd) == 0 || errno == EINVAL || fail(journal, err, "sync");
}

void journal_close(struct journal *journal)
{
    if (journal->fd >= 0) close(journal->fd);
    journal->fd = -1;
    mem_free(journal->path);
    journal->path = NULL;
}
