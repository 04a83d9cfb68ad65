/* Lines of what a person types, or of what stands in a pipe. */
#ifndef TOOLS_CHAT_LINES_H
#define TOOLS_CHAT_LINES_H

#include "core/memory.h"

#include <signal.h>
#include <stdbool.h>

enum line_got {
    LINE_END,
    LINE_READ,
    LINE_INTERRUPTED, /* Ctrl-C with something typed */
    LINE_INTERRUPTED_EMPTY
};

/* On a terminal Ctrl-C does no more than set this, from here on. */
extern volatile sig_atomic_t line_interrupted;
void line_start(void);
bool line_terminal(void); /* is it one? */

/* Reads the next line in place of what stands in the buffer; prompt is shown on a terminal, but not
 * among lines of JSON. */
enum line_got line_next(const char *prompt, struct buffer *line);

/* For editors: waits until there is input; false when Ctrl-C comes. */
bool line_wait(void);

/* An editor with a history, where one was found when this was built. */
const char *editor_name(void); /* 'edit', 'readline' or 'none' */
enum line_got editor_next(const char *prompt, struct buffer *line);

#endif
