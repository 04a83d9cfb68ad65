#include "records/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PENDING ((size_t)256 << 10)
#define FAR ((size_t)256 << 10) /* a window for those who read on and on */
#define NEAR ((size_t)4 << 10)  /* and for those who jump */

bool spool_open(struct spool *spool, struct err *err)
{
    const char *folder = getenv("TMPDIR");
    struct buffer name = {0};

    if (!folder || !*folder) folder = "/tmp";
    *spool = (struct spool){.fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600)};
    if (spool->fd < 0) { /* not every file system has nameless files */
        buffer_format(&name, "%s/dpo-XXXXXX", folder);
        buffer_byte(&name, '\0');
        spool->fd = mkostemp(name.at, O_CLOEXEC);
        if (spool->fd >= 0) unlink(name.at);
        buffer_release(&name);
    }
    return spool->fd >= 0 || err_errno(err, "%s: no temporary file", folder);
}

static bool flush(struct spool *spool, struct err *err)
{
    size_t done = 0;

    while (done < spool->pending.len) {
        ssize_t put = write(spool->fd, spool->pending.at + done, spool->pending.len - done);

        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return err_errno(err, "temporary file: cannot write");
        done += (size_t)put;
    }
    spool->pending.len = 0;
    return true;
}

bool spool_add(struct spool *spool, const void *data, size_t len, uint64_t *begin, struct err *err)
{
    *begin = spool->size;
    spool->size += len;
    buffer_add(&spool->pending, data, len);
    return spool->pending.len < PENDING || flush(spool, err);
}

static bool read_window(struct spool *spool, uint64_t begin, size_t len, struct err *err)
{
    size_t wanted = begin == spool->expected ? FAR : NEAR;
    struct buffer *window = &spool->window;

    if (wanted < len) wanted = len;
    if (begin + wanted > spool->size - spool->pending.len)
        wanted = (size_t)(spool->size - spool->pending.len - begin);
    window->len = 0;
    buffer_reserve(window, wanted);
    spool->window_begin = begin;
    while (window->len < wanted) {
        ssize_t got = pread(spool->fd, window->at + window->len, wanted - window->len,
                            (off_t)(begin + window->len));

        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return err_errno(err, "temporary file: cannot read");
        if (got == 0) return err_set(err, "temporary file: shorter than it was written");
        window->len += (size_t)got;
    }
    return true;
}

bool spool_read(struct spool *spool, uint64_t begin, void *data, size_t len, struct err *err)
{
    uint64_t on_disk = spool->size - spool->pending.len;

    if (!len) return true;
    if (begin >= on_disk) {
        memcpy(data, spool->pending.at + (begin - on_disk), len);
        return true;
    }
    if (begin + len > on_disk && !flush(spool, err)) return false;
    if ((begin < spool->window_begin || begin + len > spool->window_begin + spool->window.len) &&
        !read_window(spool, begin, len, err))
        return false;
    memcpy(data, spool->window.at + (begin - spool->window_begin), len);
    spool->expected = begin + len;
    return true;
}

void spool_close(struct spool *spool)
{
    if (spool->fd >= 0) close(spool->fd);
    buffer_release(&spool->pending);
    buffer_release(&spool->window);
    spool->fd = -1;
}
