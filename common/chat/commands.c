#include "chat/commands.h"

#include <string.h>

enum operand { OPERAND_NONE, OPERAND_MAY, OPERAND_MUST };

static const struct row {
    const char *name;
    enum command command;
    enum operand operand;
    const char *shown, *help;
} rows[] = {
    {"system", COMMAND_SYSTEM, OPERAND_MAY, "/system TEXT", "begin anew with this system text"},
    {"reset", COMMAND_RESET, OPERAND_NONE, "/reset, clear", "forget what was said"},
    {"save", COMMAND_SAVE, OPERAND_MUST, "/save FILE", "write the conversation as a line of JSON"},
    {"compare", COMMAND_COMPARE, OPERAND_NONE, "/compare",
     "answer with and without the adapter, or no longer so"},
    {"adapter", COMMAND_ADAPTER, OPERAND_MUST, "/adapter RUN|off", "put on another adapter"},
    {"params", COMMAND_PARAMS, OPERAND_MAY, "/params [NAME VALUE]",
     "show how answers are drawn, or change it"},
    {"tools", COMMAND_TOOLS, OPERAND_MAY, "/tools [LIST|off]",
     "show which tools are run, or choose others"},
    {"help", COMMAND_HELP, OPERAND_NONE, "/help, help", "show this"},
    {"quit", COMMAND_QUIT, OPERAND_NONE, "/quit, exit, quit, q", "end"},
};

static const struct {
    const char *word;
    enum command command;
} words[] = {{"exit", COMMAND_QUIT},
             {"quit", COMMAND_QUIT},
             {"q", COMMAND_QUIT},
             {"clear", COMMAND_RESET},
             {"help", COMMAND_HELP}};

#define ROWS (sizeof rows / sizeof rows[0])
#define WORDS (sizeof words / sizeof words[0])

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct text trimmed(struct text text)
{
    while (text.len && is_space(text.at[0])) text.at++, text.len--;
    while (text.len && is_space(text.at[text.len - 1])) text.len--;
    return text;
}

struct text word_take(struct text *text)
{
    struct text word = trimmed(*text);
    size_t len = 0;

    while (len < word.len && !is_space(word.at[len])) len++;
    *text = trimmed((struct text){word.at + len, word.len - len});
    word.len = len;
    return word;
}

static bool take_row(const struct row *row, struct text operand, struct spoken *spoken,
                     struct err *err)
{
    if (row->operand == OPERAND_NONE && operand.len)
        return err_set(err, "/%s takes nothing behind it", row->name);
    if (row->operand == OPERAND_MUST && !operand.len)
        return err_set(err, "/%s takes something behind it: %s", row->name, row->shown);
    *spoken = (struct spoken){row->command, operand};
    return true;
}

bool command_parse(struct text line, struct spoken *spoken, struct err *err)
{
    struct text rest = trimmed(line), name;

    *spoken = (struct spoken){rest.len ? COMMAND_SAY : COMMAND_NOTHING, rest};
    for (size_t i = 0; i < WORDS; i++)
        if (text_is(rest, words[i].word)) spoken->command = words[i].command;
    if (!rest.len || rest.at[0] != '/') return true;
    if (rest.len > 1 && rest.at[1] == '/') {
        spoken->operand = (struct text){rest.at + 1, rest.len - 1};
        return true;
    }
    name = word_take(&rest);
    name.at++, name.len--;
    for (size_t i = 0; i < ROWS; i++)
        if (text_is(name, rows[i].name)) return take_row(&rows[i], rest, spoken, err);
    return err_set(err, "no command is called '/%.*s'; /help shows them",
                   (int)(name.len < 40 ? name.len : 40), name.at);
}

void commands_help(struct buffer *out)
{
    for (size_t i = 0; i < ROWS; i++) buffer_format(out, "%-22s %s\n", rows[i].shown, rows[i].help);
    buffer_format(out, "%-22s %s\n", "//TEXT", "say a text that begins with /");
}
