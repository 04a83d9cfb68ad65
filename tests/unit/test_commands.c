#include "chat/commands.h"
#include "check.h"

static void parses(const char *line, enum command command, const char *operand)
{
    struct spoken spoken;
    struct err err = {""};
    char copy[100];

    if (!CHECK(command_parse(text_of(line), &spoken, &err))) printf("# %s: %s\n", line, err.text);
    CHECK_INT(spoken.command, command);
    snprintf(copy, sizeof copy, "%.*s", (int)spoken.operand.len, spoken.operand.at);
    CHECK_TEXT(copy, operand);
}

static void refuses(const char *line, const char *why)
{
    struct spoken spoken;
    struct err err = {""};

    CHECK(!command_parse(text_of(line), &spoken, &err));
    CHECK_TEXT(err.text, why);
}

TEST(words_for_the_model)
{
    parses("hello", COMMAND_SAY, "hello");
    parses("  What is 3/4? \r", COMMAND_SAY, "What is 3/4?");
    parses("//usr is a folder", COMMAND_SAY, "/usr is a folder");
    parses("quit it", COMMAND_SAY, "quit it");
    parses("\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7", COMMAND_SAY,
           "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7");
    parses("", COMMAND_NOTHING, "");
    parses(" \t ", COMMAND_NOTHING, "");
}

TEST(commands)
{
    parses("/system You are brief.", COMMAND_SYSTEM, "You are brief.");
    parses("/system", COMMAND_SYSTEM, "");
    parses(" /reset ", COMMAND_RESET, "");
    parses("/save  a file.jsonl ", COMMAND_SAVE, "a file.jsonl");
    parses("/compare", COMMAND_COMPARE, "");
    parses("/adapter off", COMMAND_ADAPTER, "off");
    parses("/params", COMMAND_PARAMS, "");
    parses("/params top-p 0.9", COMMAND_PARAMS, "top-p 0.9");
    parses("/tools calculator", COMMAND_TOOLS, "calculator");
    parses("/help", COMMAND_HELP, "");
    parses("/quit", COMMAND_QUIT, "");
}

TEST(words_alone)
{
    parses("exit", COMMAND_QUIT, "exit");
    parses("quit", COMMAND_QUIT, "quit");
    parses(" q ", COMMAND_QUIT, "q");
    parses("clear", COMMAND_RESET, "clear");
    parses("help", COMMAND_HELP, "help");
}

TEST(what_is_none)
{
    refuses("/", "no command is called '/'; /help shows them");
    refuses("/rest", "no command is called '/rest'; /help shows them");
    refuses("/quit now", "/quit takes nothing behind it");
    refuses("/save", "/save takes something behind it: /save FILE");
    refuses("/adapter  ", "/adapter takes something behind it: /adapter RUN|off");
}

TEST(each_is_told_of)
{
    static const char *const names[] = {"/system",  "/reset",  "/save",  "/compare", "/adapter",
                                        "/params ", "/tools ", "/help,", "/quit,",   "//TEXT"};
    struct buffer out = {0};

    commands_help(&out);
    buffer_byte(&out, '\0');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) CHECK(strstr(out.at, names[i]));
    buffer_release(&out);
}

int main(void)
{
    RUN(words_for_the_model);
    RUN(commands);
    RUN(words_alone);
    RUN(what_is_none);
    RUN(each_is_told_of);
    return check_end();
}
