/* An agent's answer: a thought and one action in JSON. */
#include "judge/action.h"

#include "check.h"

static struct scan scan;

static void check_rows(enum action want, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum action got = action_judge(text_of(texts[i]), &scan);

        check_claim(got == want, __FILE__, __LINE__, "%d, not %d: %s", (int)got, (int)want,
                    texts[i]);
    }
}

#define CHECK_ROWS(want, texts) check_rows(want, texts, sizeof(texts) / sizeof *(texts))
#define OBJECT "{\"tool\": \"calculator\", \"args\": \"17 * 6\"}"

TEST(good)
{
    static const char *const texts[] = {
        "Thought: This needs the tool.\nAction: ```json\n" OBJECT "\n```",
        "Thought: x\nAction: " OBJECT,
        " \n Thought: x\n\nAction:" OBJECT " \n",
        "Thought: x\nmore\nAction: ```\n" OBJECT "```",
        "Thought: No Action: here\nAction: {\"args\":{\"a\":{}},\"tool\":\"t\"}",
        "Thought: x\nAction: {\"tool\":\"a}\\\"{\",\"args\":\"\"}",
    };

    CHECK_ROWS(ACTION_GOOD, texts);
    CHECK(scan_member(&scan, "tool") != NULL);
}

TEST(no_thought)
{
    static const char *const texts[] = {
        "",          "Action: " OBJECT, "I think.\nAction: " OBJECT, "Thought:\nAction: " OBJECT,
        "Thought: ", "thought: x"};

    CHECK_ROWS(ACTION_NO_THOUGHT, texts);
}

TEST(no_action_or_two)
{
    static const char *const none[] = {"Thought: x", "Thought: x Action: " OBJECT,
                                       "Thought: x\naction: " OBJECT,
                                       "Thought: x\n Action: " OBJECT};
    static const char *const twice[] = {"Thought: x\nAction: " OBJECT "\nAction: " OBJECT};

    CHECK_ROWS(ACTION_NONE, none);
    CHECK_ROWS(ACTION_TWICE, twice);
}

TEST(bad_json)
{
    static const char *const texts[] = {
        "Thought: x\nAction:",
        "Thought: x\nAction: calculator(1)",
        "Thought: x\nAction: [1]",
        "Thought: x\nAction: {\"tool\":\"t\",\"args\":\"}",
        "Thought: x\nAction: {'tool':'t'}",
        "Thought: x\nAction: {\"tool\":\"t\",\"args\":\"\",}",
        "Thought: x\nAction: ```json\n" OBJECT,
        "Thought: x\nAction: ```yaml\n" OBJECT "\n```",
        "Thought: x\nAction: {\"tool\":\"t\",\"tool\":\"t\",\"args\":\"\"}"};

    CHECK_ROWS(ACTION_BAD_JSON, texts);
}

TEST(bad_members_and_tails)
{
    static const char *const members[] = {
        "Thought: x\nAction: {}",
        "Thought: x\nAction: {\"tool\":\"t\"}",
        "Thought: x\nAction: {\"tool\":\"\",\"args\":\"\"}",
        "Thought: x\nAction: {\"tool\":1,\"args\":\"\"}",
        "Thought: x\nAction: {\"tool\":\"t\",\"args\":[]}",
        "Thought: x\nAction: {\"tool\":\"t\",\"args\":\"\",\"x\":1}"};
    static const char *const tails[] = {"Thought: x\nAction: " OBJECT "\nResult: 102",
                                        "Thought: x\nAction: ```json\n" OBJECT "\n``` done",
                                        "Thought: x\nAction: " OBJECT "\n```"};

    CHECK_ROWS(ACTION_BAD_MEMBERS, members);
    CHECK_ROWS(ACTION_TAIL, tails);
}

int main(void)
{
    RUN(good);
    RUN(no_thought);
    RUN(no_action_or_two);
    RUN(bad_json);
    RUN(bad_members_and_tails);
    scan_release(&scan);
    return check_end();
}
