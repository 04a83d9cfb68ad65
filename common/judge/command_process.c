#include "judge/command_process.h"

#include "core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK ((size_t)64 << 10)
#define LOOK 100 /* ms between two looks whether it has ended, its pipe still open */

static void close_end(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static int spawn(struct process *process, const char *command, int in, int out)
{
    char *const words[] = {"sh", "-c", (char *)command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t usual;
    int problem;

    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawnattr_init(&how);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setsigmask(&how, &process->mask);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                       POSIX_SPAWN_SETSIGDEF);
    problem = posix_spawn(&process->pid, "/bin/sh", &files, &how, words, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return problem;
}

static void block_pipe_signal(struct process *process)
{
    sigset_t pipe_signal, pending;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &process->mask);
    sigpending(&pending);
    process->piped = sigismember(&pending, SIGPIPE) == 1;
}

/* One that our writing raised must not reach the caller. */
static void restore_pipe_signal(const struct process *process)
{
    const struct timespec none = {0};
    sigset_t pipe_signal;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    if (!process->piped)
        while (sigtimedwait(&pipe_signal, NULL, &none) < 0 && errno == EINTR) continue;
    pthread_sigmask(SIG_SETMASK, &process->mask, NULL);
}

bool process_start(struct process *process, const char *command, double seconds, struct err *err)
{
    int in[2], out[2], problem;

    *process = (struct process){.seconds = seconds, .heard = clock_seconds(), .in = -1, .out = -1};
    if (pipe2(in, O_CLOEXEC) != 0) return err_errno(err, "pipe to a judge");
    if (pipe2(out, O_CLOEXEC) != 0) {
        err_write_errno(err, "pipe from a judge");
        close(in[0]);
        close(in[1]);
        return false;
    }
    block_pipe_signal(process);
    problem = spawn(process, command, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    process->in = in[1];
    process->out = out[0];
    if (problem) {
        close_end(&process->in);
        close_end(&process->out);
        restore_pipe_signal(process);
        errno = problem;
        return err_errno(err, "cannot start '/bin/sh'");
    }
    fcntl(process->in, F_SETFL, O_NONBLOCK);
    fcntl(process->out, F_SETFL, O_NONBLOCK);
    return true;
}

/* What it does not want to read is no failure: its status and its verdicts say more. */
static void send(struct process *process, struct buffer *pending, bool last)
{
    ssize_t sent = pending->len ? write(process->in, pending->at, pending->len) : 0;

    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        close_end(&process->in);
        pending->len = 0;
        return;
    }
    if (sent > 0) {
        pending->len -= (size_t)sent;
        memmove(pending->at, pending->at + sent, pending->len);
    }
    if (!pending->len && last) close_end(&process->in);
}

/* Reads what is there; true when there is no more just now. */
static bool hear(struct process *process, struct buffer *heard)
{
    ssize_t got;

    buffer_reserve(heard, CHUNK);
    got = read(process->out, heard->at + heard->len, CHUNK);
    if (got > 0) heard->len += (size_t)got;
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) close_end(&process->out);
    return got <= 0;
}

/* Has the shell ended? It is not waited for yet, so that its group's number stays its own. */
static bool has_ended(struct process *process)
{
    siginfo_t info = {0};

    if (process->ended) return true;
    if (waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return true;
    process->ended = info.si_pid == process->pid;
    return process->ended;
}

enum process_state process_turn(struct process *process, struct buffer *pending, bool last,
                                struct buffer *heard)
{
    double left = process->heard + process->seconds - clock_seconds();
    int wait = process->out < 0 ? 5 : LOOK;
    struct pollfd ends[2];
    bool ended;

    if (process->in < 0) pending->len = 0;
    if (process->in >= 0 && !pending->len && last) close_end(&process->in);
    ends[0] = (struct pollfd){.fd = process->out, .events = POLLIN};
    ends[1] = (struct pollfd){.fd = process->in, .events = POLLOUT};
    if (left * 1000 < wait) wait = left > 0 ? (int)ceil(left * 1000) : 0;
    ended = has_ended(process);
    if (poll(ends, 2, ended ? 0 : wait) < 0 && errno != EINTR) return PROCESS_SILENT;
    if (process->in >= 0 && ends[1].revents) send(process, pending, last);
    if (process->out >= 0 && ends[0].revents) {
        hear(process, heard);
        return PROCESS_GOES_ON;
    }
    if (ended) return PROCESS_ENDED;
    return left <= 0 ? PROCESS_SILENT : PROCESS_GOES_ON;
}

void process_heard(struct process *process)
{
    process->heard = clock_seconds();
}

int process_status(const struct process *process)
{
    siginfo_t info = {0};

    if (waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
    return info.si_code == CLD_EXITED ? (info.si_status & 0xFF) << 8 : info.si_status & 0x7F;
}

void process_end(struct process *process)
{
    close_end(&process->in);
    close_end(&process->out);
    kill(-process->pid, SIGKILL);
    while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR) continue;
    restore_pipe_signal(process);
}
