/* A shell command with a pipe to it and a pipe from it, neither of which can block the other. It
 * and what it starts are a process group, which does not outlive us, not even where we are killed:
 * a guard, another process, is its leader. */
#ifndef JUDGE_COMMAND_PROCESS_H
#define JUDGE_COMMAND_PROCESS_H

#include "core/err.h"
#include "core/memory.h"

#include <signal.h>
#include <sys/types.h>

enum process_state { PROCESS_GOES_ON, PROCESS_ENDED, PROCESS_SILENT };

struct process {
    pid_t pid, guard; /* the guard's number is the group's */
    int in, out;      /* ours: what it reads, what it writes; -1 when closed */
    int leash;        /* ours: the guard waits for its end */
    bool ended;
    double seconds, heard; /* how long it may be silent; when it was heard, on the steady clock */
    sigset_t mask;         /* the caller's */
    bool piped;            /* SIGPIPE was pending before */
};

/* Until process_end, SIGPIPE is blocked in this thread. */
bool process_start(struct process *process, const char *command, double seconds, struct err *err);

/* Waits until something moves: writes from the head of pending, which shrinks, and closes the pipe
 * behind the last byte; reads to the end of heard. */
enum process_state process_turn(struct process *process, struct buffer *pending, bool last,
                                struct buffer *heard);
void process_heard(struct process *process);       /* the time begins again */
int process_status(const struct process *process); /* after PROCESS_ENDED, as of waitpid */
void process_end(struct process *process);         /* kills what is left of its group */

#endif
