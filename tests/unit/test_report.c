/* The talk: what cannot be shown, summaries, and JSON that is always JSON. */
#include "core/report.h"

#include "check.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* What say writes to standard error in a child, with its exit status behind it unless that is 0. */
static const char *talk(void (*say)(void), bool quiet, bool json)
{
    static char text[8000];
    size_t len = 0;
    ssize_t got;
    int ends[2], status;

    if (!CHECK(pipe(ends) == 0)) return "";
    fflush(stdout);
    if (fork() == 0) {
        dup2(ends[1], STDERR_FILENO);
        report_start("t");
        report_style(quiet, json);
        say();
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + len, sizeof text - 20 - len)) > 0) len += (size_t)got;
    close(ends[0]);
    wait(&status);
    text[len] = '\0';
    if (status) snprintf(text + len, 20, "(%d)", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return text;
}

#define TALK(say) talk(say, false, false)
#define JSON(say) talk(say, false, true)

static void say_bytes(void)
{
    report_note("\x1b[2J\x7f\t \"\\ \xc2\x9b");                     /* control */
    report_note("\xd9\x85 \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\xa0"); /* fine */
    report_note(
        "a\xff \xc3( \xe2\x82 \xc0\xaf \xe0\x80\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xf0\x9f");
    report_note("'%.3s'", "\xd9\x85\xd9\x85");
}

TEST(bytes)
{
    CHECK_TEXT(TALK(say_bytes),
               "t: \\x1B[2J\\x7F\\x09 \"\\ \\x9B\n"
               "t: \xd9\x85 \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\xa0\n"
               "t: a\\xFF \\xC3( \\xE2\\x82 \\xC0\\xAF \\xE0\\x80\\xAF \\xED\\xA0\\x80 "
               "\\xF4\\x90\\x80\\x80 \\xF0\\x9F\n"
               "t: '\xd9\x85\\xD9'\n");
#define BAD "\xef\xbf\xbd"
    CHECK_TEXT(JSON(say_bytes),
               "{\"tool\":\"t\",\"note\":\"\\u001b[2J\\u007f\\u0009 \\\"\\\\ \\u009b\"}\n"
               "{\"tool\":\"t\",\"note\":\"\xd9\x85 \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\xa0\"}\n"
               "{\"tool\":\"t\",\"note\":\"a" BAD " " BAD "( " BAD BAD " " BAD BAD " " BAD BAD BAD
               " " BAD BAD BAD " " BAD BAD BAD BAD " " BAD BAD "\"}\n"
               "{\"tool\":\"t\",\"note\":\"'\xd9\x85" BAD "'\"}\n");
}

/* Longer than any line is: cut, and still whole characters. */
static void say_much(void)
{
    static char text[3000];

    for (size_t i = 0; i + 2 < sizeof text; i += 2) memcpy(text + i, "\xd9\x85", 2);
    report_note("%s", text);
    memset(text, 1, sizeof text - 1);
    report_note("%s", text);
}

TEST(long_lines)
{
    const char *got = JSON(say_much), *end = strchr(got, '\n');

    CHECK(end != NULL);
    if (!end) return;
    CHECK(memcmp(end - 6, "\x85" BAD "\"}", 6) == 0);
    CHECK(strlen(end) > 1000 && strcmp(end + strlen(end) - 9, "\\u0001\"}\n") == 0);
}

static void say_summary(void)
{
    report_count("read", 9);
    report_group("why");
    report_count("a", 1);
    report_count("b", 2);
    report_group_end();
    report_group("nothing");
    report_group_end();
    report_number("share", 0.25, 2);
    report_line();
    report_title("summary", "topics");
    report_count("tool", 3);
    report_count("sum\"mary\xff", 4);
    report_line();
    report_count("again", 5);
    report_line();
}

TEST(summaries)
{
    CHECK_TEXT(TALK(say_summary), "t: read 9 (a 1, b 2), share 0.25\n"
                                  "t: topics: tool 3, sum\"mary\\xFF 4\n"
                                  "t: again 5\n");
    CHECK_TEXT(JSON(say_summary),
               "{\"tool\":\"t\",\"read\":9,\"why\":{\"a\":1,\"b\":2},\"share\":0.25}\n"
               "{\"tool\":\"t\",\"summary\":\"topics\",\"counts\":{\"tool\":3,"
               "\"sum\\\"mary" BAD "\":4}}\n"
               "{\"tool\":\"t\",\"again\":5}\n");
    CHECK_TEXT(talk(say_summary, true, true), "");
}

static void say_error(void)
{
    struct err err = {"a cause"};

    report_warning("w");
    die_of(&err);
}

static void say_usage(void)
{
    die_usage("wrong %d", 1);
}

TEST(ends)
{
    CHECK_TEXT(TALK(say_error), "t: warning: w\nt: a cause\n(1)");
    CHECK_TEXT(talk(say_error, true, false), "t: a cause\n(1)");
    CHECK_TEXT(JSON(say_usage), "{\"tool\":\"t\",\"error\":\"wrong 1\"}\n(2)");
}

static void say_table(void)
{
    report_table("%-8s %6.2f", "a\x1b", 0.5);
    if (report_is_json()) report_note("instead");
}

TEST(tables)
{
    CHECK_TEXT(TALK(say_table), "a\\x1B         0.50\n");
    CHECK_TEXT(talk(say_table, true, false), "");
    CHECK_TEXT(JSON(say_table), "{\"tool\":\"t\",\"note\":\"instead\"}\n");
}

int main(void)
{
    RUN(bytes);
    RUN(long_lines);
    RUN(summaries);
    RUN(ends);
    RUN(tables);
    return check_end();
}
