#include "chat/tools.h"
#include "check.h"

static const struct tm today = {.tm_year = 126, .tm_mon = 2, .tm_mday = 3};

static void answers(const char *answer, const char *want)
{
    struct tools tools;
    struct buffer out = {0};
    struct err err;

    tools_init(&tools, &today);
    CHECK(tools_choose(&tools, TEXT("calculator,calendar"), &err));
    CHECK(tools_run(&tools, text_of(answer), &out) == (want != NULL));
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, want ? want : "");
    buffer_release(&out);
    tools_release(&tools);
}

#define ACTION(json) "Thought: I need it.\nAction: ```json\n" json "\n```"

TEST(calls)
{
    answers(ACTION("{\"tool\": \"calculator\", \"args\": \"17 * 6\"}"), "102");
    answers(ACTION("{\"tool\": \"calculator\", \"args\": {\"expression\": \"1 / 4\"}}"), "0.25");
    answers(ACTION("{\"tool\": \"calendar\", \"args\": \"list: today\"}"), "nothing");
    answers(ACTION("{\"tool\": \"calendar\", \"args\": {\"action\": \"create\", \"details\": "
                   "\"Tea; tomorrow\"}}"),
            "entered: Tea, 2026-03-04");
}

static void computes(const char *expression, const char *want)
{
    struct buffer answer = {0};

    buffer_format(&answer,
                  "Thought: I need it.\nAction: {\"tool\": \"calculator\", \"args\": \"%s\"}",
                  expression);
    buffer_byte(&answer, '\0');
    answers(answer.at, want);
    buffer_release(&answer);
}

/* All digits that a double has for sure, and no others. */
TEST(sums)
{
    computes("12345678901.23 * 1", "12345678901.23");
    computes("1000000000001 * 3", "3000000000003");
    computes("0.1 + 0.2", "0.3");
    computes("1.1 * 1.1", "1.21");
    computes("1 / 3", "0.333333333333333");
    computes("2 / 3 * 100", "66.6666666666667");
    computes("123456789012345 * 8", "987654312098760");
    computes("999999999999999 + 2", "1000000000000001");
    computes("99999999999999.5 + 0.1", "99999999999999.6");
    computes("2 ^ 53 - 1", "9007199254740991");
    computes("0 * -1", "0");
    computes("1 / 8000", "0.000125");
    computes("10 ^ 20", "1e+20");
    computes("1.7976931348623157 * 10 ^ 308", "1.7976931348623157e+308");
}

TEST(no_calls)
{
    answers("It is 102.", NULL);
    answers("Thought: I know it.\nIt is 102.", NULL);
    answers("", NULL);
}

TEST(bad_calls)
{
    answers(ACTION("{\"tool\": \"shell\", \"args\": \"ls\"}"),
            "failed: there is no tool \"shell\"");
    answers(ACTION("{\"tool\": \"calculator\", \"args\": {\"sum\": \"1\"}}"),
            "failed: its args have no text 'expression'");
    answers(ACTION("{\"tool\": \"calendar\", \"args\": {\"action\": \"list\"}}"),
            "failed: its args have no text 'details'");
    answers(ACTION("{\"tool\": \"calendar\", \"args\": \"dance\"}"),
            "failed: 'dance' begins with no command such as 'list:'");
    answers(ACTION("{\"tool\": 'calculator'}"), "failed: the action is no JSON object");
    answers(ACTION("{\"tool\": \"calculator\"}"),
            "failed: the action does not have a 'tool' and 'args' alone");
    answers(ACTION("{\"tool\": \"calculator\", \"args\": \"1\"}") "\nDone.",
            "failed: something stands behind the action");
    answers("Action: {\"tool\": \"calculator\", \"args\": \"1\"}",
            "failed: no thought stands before the action");
    answers(ACTION("{\"tool\": \"calculator\", \"args\": \"1\"}") "\nAction: {}",
            "failed: there is more than one action");
}

TEST(which_may_be_called)
{
    struct tools tools;
    struct buffer out = {0};
    struct err err = {""};

    tools_init(&tools, &today);
    CHECK(!tools_any(&tools));
    CHECK(!tools_choose(&tools, TEXT("calculator,shell"), &err));
    CHECK_TEXT(err.text, "no tool is called 'shell'; there are calculator and calendar");
    CHECK(!tools_any(&tools));
    CHECK(tools_choose(&tools, TEXT("calendar"), &err) && tools_any(&tools));
    CHECK(tools_run(&tools, TEXT(ACTION("{\"tool\": \"calculator\", \"args\": \"1 + 1\"}")), &out));
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, "failed: there is no tool \"calculator\"");
    CHECK(tools_choose(&tools, TEXT("off"), &err) && !tools_any(&tools));
    buffer_release(&out);
    tools_release(&tools);
}

int main(void)
{
    RUN(calls);
    RUN(sums);
    RUN(no_calls);
    RUN(bad_calls);
    RUN(which_may_be_called);
    return check_end();
}
