/* One holder at a time, and none after its end. */
#include "core/lock.h"

#include "check.h"
#include "unit/files.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that takes the lock, says so, and waits to be killed. */
static pid_t hold(const char *path)
{
    int ends[2];
    char got = 0;
    struct err err;
    pid_t child;

    if (!CHECK(pipe(ends) == 0)) return -1;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        got = (char)lock_take(path, &err);
        if (write(ends[1], &got, 1) != 1) _exit(1);
        for (;;) pause();
    }
    CHECK(read(ends[0], &got, 1) == 1 && got == 1);
    close(ends[0]);
    close(ends[1]);
    return child;
}

TEST(holders)
{
    const char *path = files_path("lock");
    struct err err;
    pid_t child = hold(path);
    char *text, want[64];

    CHECK_INT(lock_take(path, &err), 0);
    text = files_read(path, NULL);
    snprintf(want, sizeof want, " %ld\n", (long)child);
    CHECK(text && strstr(text, want));
    mem_free(text);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    CHECK_INT(lock_take(path, &err), 1);
    CHECK_INT(lock_take(path, &err), 0); /* not even by ourselves */
}

TEST(places_that_hold_no_lock)
{
    struct err err;

    CHECK_INT(lock_take(files_path("absent/lock"), &err), -1);
    CHECK(strstr(err.text, "/absent/lock: No such file or directory"));
    CHECK_INT(lock_take("/tmp", &err), -1);
    CHECK_TEXT(err.text, "/tmp: Is a directory");
    CHECK_INT(lock_take("/dev/full", &err), -1);
}

int main(void)
{
    RUN(holders);
    RUN(places_that_hold_no_lock);
    return check_end();
}
