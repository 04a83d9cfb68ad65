/* What a line that a person types means: words for the model, or a command. */
#ifndef CHAT_COMMANDS_H
#define CHAT_COMMANDS_H

#include "core/err.h"
#include "core/memory.h"

enum command {
    COMMAND_SAY, /* words for the model */
    COMMAND_NOTHING,
    COMMAND_SYSTEM,
    COMMAND_RESET,
    COMMAND_SAVE,
    COMMAND_COMPARE,
    COMMAND_ADAPTER,
    COMMAND_PARAMS,
    COMMAND_TOOLS,
    COMMAND_HELP,
    COMMAND_QUIT
};

struct spoken {
    enum command command;
    struct text operand; /* trimmed; of COMMAND_SAY all that is said */
};

/* Commands begin with '/' ('//' says words that begin so); 'exit', 'quit' and 'q', 'clear' and
 * 'help' alone on a line are some, too. False for a command that there is not, or one with too much
 * or too little behind it. The operand stands in line. */
bool command_parse(struct text line, struct spoken *spoken, struct err *err);

/* Appends what there is, a line each. */
void commands_help(struct buffer *out);

/* Takes the first word off a text. */
struct text word_take(struct text *text);

#endif
