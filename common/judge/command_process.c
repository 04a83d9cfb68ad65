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

/* Starts 'sh -c SCRIPT' with these ends as its standard input and output; errors go where ours do
 * unless 'mute'. Its number, or -1 with errno. group 0: one of its own. */
struct start {
    const char *script;
    int in, out;
    bool mute;
    pid_t group;
    sigset_t mask;
};

static pid_t spawn(const struct start *start)
{
    char *const words[] = {"sh", "-c", (char *)start->script, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t usual;
    pid_t pid;

    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, start->in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, start->out, STDOUT_FILENO);
    if (start->mute)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawnattr_init(&how);
    posix_spawnattr_setpgroup(&how, start->group);
    posix_spawnattr_setsigmask(&how, &start->mask);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                       POSIX_SPAWN_SETSIGDEF);
    errno = posix_spawn(&pid, "/bin/sh", &files, &how, words, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return errno ? -1 : pid;
}

/* The guard leads the group and waits for the end of a pipe that only we hold open: however we end,
 * it kills the group. No signal but that one ends it, nor do those that the command sends to its
 * own group. */
static bool start_guard(struct process *process)
{
    struct start start = {.script = "read -r nothing; kill -s KILL 0", .mute = true};
    int leash[2];

    if (pipe2(leash, O_CLOEXEC) != 0) return false;
    sigfillset(&start.mask);
    start.in = leash[0];
    start.out = leash[0];
    process->guard = spawn(&start);
    close(leash[0]);
    process->leash = leash[1];
    return process->guard > 0;
}

static bool start_both(struct process *process, const char *command, int in, int out)
{
    struct start start = {.script = command, .in = in, .out = out, .mask = process->mask};

    if (!start_guard(process)) return false;
    start.group = process->guard;
    process->pid = spawn(&start);
    return process->pid > 0;
}

static void reap(pid_t pid)
{
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
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
    int in[2], out[2];
    bool good;

    *process = (struct process){
        .seconds = seconds, .heard = clock_seconds(), .in = -1, .out = -1, .leash = -1};
    if (pipe2(in, O_CLOEXEC) != 0) return err_errno(err, "pipe to a judge");
    if (pipe2(out, O_CLOEXEC) != 0) {
        err_write_errno(err, "pipe from a judge");
        close(in[0]);
        close(in[1]);
        return false;
    }
    block_pipe_signal(process);
    good = start_both(process, command, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    process->in = in[1];
    process->out = out[0];
    if (!good) {
        err_write_errno(err, "cannot start '/bin/sh'");
        process_end(process);
        return false;
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

/* Has the shell ended? It is not waited for yet: its status is still asked for. */
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
    if (process->guard > 0) kill(-process->guard, SIGKILL);
    reap(process->pid);
    reap(process->guard);
    close_end(&process->leash);
    restore_pipe_signal(process);
}
