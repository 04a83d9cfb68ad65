/* Line editing by libedit or readline, which have the same calls. The Makefile says which one, and
 * takes chat_editor_none.c where there is neither. */
#include "dpo-chat/chat_lines.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#ifdef EDITING_LIBEDIT
#include <editline/readline.h>
#define NAME "edit"
#else
#define NAME "readline"
#include <readline/history.h>
#include <readline/readline.h>
#endif

#define REMEMBERED 1000 /* lines */

/* What the library handed over; it has no place for a context. */
static struct buffer *taken;
static bool over, at_end;

const char *editor_name(void)
{
    return NAME;
}

static void take(char *line)
{
    over = true;
    at_end = line == NULL;
    if (line) {
        buffer_text(taken, line);
        if (*line) add_history(line);
    }
    free(line);
    rl_callback_handler_remove();
}

#ifndef EDITING_LIBEDIT
/* Reading never waits: Ctrl-C takes away what line_wait saw, and would leave us there. */
static void prepare_terminal(int meta)
{
    struct termios now;

    rl_prep_terminal(meta);
    if (tcgetattr(STDIN_FILENO, &now) != 0) return;
    now.c_cc[VMIN] = 0;
    now.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

static bool hung_up(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&input, 1, 0) == 1 && input.revents & (POLLHUP | POLLERR);
}

/* A byte that sets a mark nobody sees, where there was an interrupt in place of one. */
static int next_byte(FILE *file)
{
    unsigned char byte;

    (void)file;
    while (line_wait()) {
        const ssize_t got = read(STDIN_FILENO, &byte, 1);

        if (got == 1) return byte;
        if (got < 0 ? errno != EINTR && errno != EAGAIN : hung_up()) return EOF;
    }
    return '\0';
}
#endif

static void prepare(void)
{
    static bool done;

    if (done) return;
    done = true;
    rl_readline_name = "dpo-chat";
    rl_catch_signals = 0;
#ifndef EDITING_LIBEDIT
    rl_prep_term_function = prepare_terminal;
    rl_getc_function = next_byte;
#endif
    if (!isatty(STDOUT_FILENO)) rl_outstream = stderr;
    rl_bind_key('\t', rl_insert);
    using_history();
    stifle_history(REMEMBERED);
}

enum line_got editor_next(const char *prompt, struct buffer *line)
{
    prepare();
    taken = line;
    over = false;
    rl_callback_handler_install(prompt, take);
    while (!over) {
        if (!line_wait()) {
            const bool empty = rl_end == 0;

            rl_callback_handler_remove();
            return empty ? LINE_INTERRUPTED_EMPTY : LINE_INTERRUPTED;
        }
        rl_callback_read_char();
    }
    return at_end ? LINE_END : LINE_READ;
}
