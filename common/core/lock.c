#include "core/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

int lock_take(const char *path, struct err *err)
{
    char holder[320] = "", host[256] = "?";
    int len;
    /* Close-on-exec: a child that outlives us must not keep the lock. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0) {
        err_errno(err, "%s", *path ? path : "''");
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool held = errno == EWOULDBLOCK;

        if (!held) err_errno(err, "%s: cannot lock", path);
        close(fd);
        return held ? 0 : -1;
    }
    gethostname(host, sizeof host - 1);
    len = snprintf(holder, sizeof holder, "%s %ld\n", host, (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, holder, (size_t)len, 0) != len) {
        err_errno(err, "%s: cannot write", path);
        close(fd);
        return -1;
    }
    return 1; /* fd stays open on purpose: closing it would give the lock away */
}
