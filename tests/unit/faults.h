/* The calls by which a program changes files, each of them in turn the one that fails or at which
 * the program is killed. They stand before those of the C library in the test that includes
 * this. */
#ifndef TESTS_UNIT_FAULTS_H
#define TESTS_UNIT_FAULTS_H

#include "core/err.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAULT_KILL 0 /* or an errno */

/* Of the child that does the job. */
static struct {
    bool armed, struck, sticky;
    int fault;
    long at, count;
} faults;
static bool faults_no_exchange; /* as on a file system that cannot let names change places */

enum faults_end { FAULTS_DONE, FAULTS_FAILED, FAULTS_KILLED, FAULTS_SILENT };

/* Does this call fail? */
static bool faults_strike(void)
{
    if (!faults.armed) return false;
    faults.count++;
    if (faults.count != faults.at && !(faults.sticky && faults.struck)) return false;
    faults.struck = true;
    if (faults.fault == FAULT_KILL) kill(getpid(), SIGKILL);
    errno = faults.fault;
    return true;
}

#define FAULTS_CALL(name, parameters, ...)                                                         \
    int name parameters                                                                            \
    {                                                                                              \
        return faults_strike() ? -1 : (int)syscall(SYS_##name, __VA_ARGS__);                       \
    }

/* A killed program loses nothing that it wrote, synced or not: only a power cut would tell. */
int fsync(int fd)
{
    return faults_strike() || fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

FAULTS_CALL(ftruncate, (int fd, off_t length), fd, length)
FAULTS_CALL(mkdir, (const char *path, mode_t mode), path, mode)
FAULTS_CALL(mkdirat, (int fd, const char *path, mode_t mode), fd, path, mode)
FAULTS_CALL(unlinkat, (int fd, const char *name, int flag), fd, name, flag)
FAULTS_CALL(renameat, (int oldfd, const char *old, int newfd, const char *new), oldfd, old, newfd,
            new)
FAULTS_CALL(linkat, (int fromfd, const char *from, int tofd, const char *to, int flags), fromfd,
            from, tofd, to, flags)

int renameat2(int oldfd, const char *old, int newfd, const char *new, unsigned flags)
{
    if (faults_strike()) return -1;
    if (faults_no_exchange && flags) return errno = EINVAL, -1;
    return (int)syscall(SYS_renameat2, oldfd, old, newfd, new, flags);
}

ssize_t write(int fd, const void *buf, size_t n)
{
    return faults_strike() ? -1 : syscall(SYS_write, fd, buf, n);
}

/* Does the job in a child with a fault at so many calls from its beginning, and at those behind it
 * if it is sticky. Returns false when there are not so many. */
static bool faults_try(bool (*job)(struct err *err), int fault, bool sticky, long at,
                       enum faults_end *end)
{
    pid_t child;
    int status = 0;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        struct err err = {""};
        bool good;

        faults.fault = fault;
        faults.sticky = sticky;
        faults.at = at;
        faults.armed = true;
        good = job(&err);
        faults.armed = false;
        *end = good ? FAULTS_DONE : *err.text ? FAULTS_FAILED : FAULTS_SILENT;
        _exit((int)*end + (faults.struck ? 16 : 0));
    }
    if (child < 0 || waitpid(child, &status, 0) != child) return false;
    *end = WIFSIGNALED(status) ? FAULTS_KILLED : (enum faults_end)(WEXITSTATUS(status) & 15);
    return WIFSIGNALED(status) || WEXITSTATUS(status) >= 16;
}

#endif
