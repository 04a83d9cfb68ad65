#include "dpo-chat/chat_lines.h"
#include "core/lines.h"
#include "core/report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536
#define LINE_MOST ((size_t)16 << 20)

volatile sig_atomic_t line_interrupted;

static bool terminal;

/* What was read beyond the last line. */
static struct buffer ahead;
static bool ended;

/* Any thread may get the signal, so that it does not end the wait of this one; a byte in a pipe
 * does. */
static int bell[2] = {-1, -1};

static void interrupt(int number)
{
    const int before = errno;

    (void)number;
    line_interrupted = 1;
    if (write(bell[1], "", 1) < 0) errno = before; /* full: it rings */
}

void line_start(void)
{
    const struct sigaction ours = {.sa_handler = interrupt};

    terminal = isatty(STDIN_FILENO);
    if (!terminal) return;
    if (pipe2(bell, O_CLOEXEC | O_NONBLOCK) != 0) die("no pipe: %s", strerror(errno));
    sigaction(SIGINT, &ours, NULL);
}

bool line_terminal(void)
{
    return terminal;
}

bool line_wait(void)
{
    struct pollfd inputs[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = bell[0], .events = POLLIN}};

    while (poll(inputs, 2, -1) < 0)
        if (errno != EINTR) die("standard input: cannot wait: %s", strerror(errno));
    return !inputs[1].revents;
}

static void forget_interrupts(void)
{
    char byte;

    line_interrupted = 0;
    while (terminal && read(bell[0], &byte, 1) == 1) continue;
}

/* A line without its end; whole: there is no more input. */
static bool cut_line(struct buffer *line, bool whole)
{
    const char *end = ahead.len ? memchr(ahead.at, '\n', ahead.len) : NULL;
    const size_t len = end ? (size_t)(end - ahead.at) : ahead.len;
    const size_t used = len + (end != NULL);

    if (!end && !(whole && len)) return false;
    buffer_add(line, ahead.at, len);
    memmove(ahead.at, ahead.at + used, ahead.len - used);
    ahead.len -= used;
    return true;
}

static enum line_got plain_next(struct buffer *line)
{
    while (!cut_line(line, ended)) {
        ssize_t got;

        if (ended) return LINE_END;
        if (ahead.len > LINE_MOST) die("standard input: a line is longer than 16 MiB");
        if (terminal && !line_wait()) {
            const bool empty = ahead.len == 0;

            ahead.len = 0;
            return empty ? LINE_INTERRUPTED_EMPTY : LINE_INTERRUPTED;
        }
        buffer_reserve(&ahead, CHUNK);
        got = read_some(STDIN_FILENO, ahead.at + ahead.len, CHUNK);
        if (got < 0) die("standard input: cannot read: %s", strerror(errno));
        ahead.len += (size_t)got;
        ended = got == 0;
    }
    ended = ended && !terminal; /* a terminal goes on behind Ctrl-D in the middle of a line */
    return LINE_READ;
}

static bool edits(void)
{
    const char *kind = getenv("TERM");

    return strcmp(editor_name(), "none") != 0 && kind && *kind && strcmp(kind, "dumb") != 0;
}

enum line_got line_next(const char *prompt, struct buffer *line)
{
    const bool shows = terminal && !report_is_json();
    enum line_got got;

    line->len = 0;
    forget_interrupts();
    if (shows && edits()) {
        got = editor_next(prompt, line);
    } else {
        if (shows) fputs(prompt, stderr);
        got = plain_next(line);
    }
    if (shows && got != LINE_READ) fputc('\n', stderr);
    forget_interrupts();
    return got;
}
