#include "chat/commands.h"
#include "core/report.h"
#include "dpo-chat/chat.h"
#include "dpo-chat/chat_lines.h"
#include "unicode/utf8.h"

#include <stdio.h>

static const char prompt[] = "> ";

static bool say(struct chat *chat, struct text words)
{
    struct buffer whole = {0};
    struct err err;
    bool good;

    utf8_repair(&whole, words);
    good = chat_say(chat, (struct text){whole.at, whole.len}, &err);
    if (!good) report_error("%s", err.text);
    buffer_release(&whole);
    return good;
}

/* False: the person wants to end. */
static bool take(struct chat *chat, struct text line, bool *failed)
{
    struct spoken spoken;
    struct err err;

    if (!command_parse(line, &spoken, &err)) {
        report_error("%s", err.text);
        *failed = true;
        return true;
    }
    if (spoken.command == COMMAND_SAY) {
        if (!say(chat, spoken.operand)) *failed = true;
        return true;
    }
    return chat_command(chat, &spoken, failed);
}

bool chat_talk(struct chat *chat)
{
    struct buffer line = {0};
    bool failed = false, going = true, warned = false;

    line_start();
    chat->speaker.interrupted = &line_interrupted;
    dialogue_begin(&chat->dialogue, (struct text){chat->system.at, chat->system.len});
    if (line_terminal()) report_note("/help shows the commands; Ctrl-D ends");
    while (going) {
        const enum line_got got = line_next(prompt, &line);

        if (got == LINE_END || (got == LINE_INTERRUPTED_EMPTY && warned)) break;
        warned = got == LINE_INTERRUPTED_EMPTY;
        if (warned) report_note("Ctrl-C once more ends, as does Ctrl-D");
        if (got == LINE_READ)
            going = take(chat, (struct text){line.at ? line.at : "", line.len}, &failed);
    }
    buffer_release(&line);
    return !failed || line_terminal();
}
