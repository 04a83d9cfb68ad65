/* An agent's form: the lax claims as Python makes them (tests/golden/judge/make.py), the strict
 * ones, and the call against the expected one. */
#include "judge/format.h"

#include "check.h"
#include "unit/dataset.h"

static struct judge_desk desk;

static struct format_verdict judged(const char *text, const char *expected)
{
    static const struct text tools[] = {TEXT("calculator"), TEXT("search"), TEXT("calendar")};
    struct format_key key = {tools, 3, text_of(expected)};
    struct format_verdict verdict;

    format_judge(&key, text_of(text), &desk, &verdict);
    return verdict;
}

static void check_claim_of(const json_t *row, const char *name, bool got)
{
    check_claim(got == json_is_true(json_object_get(row, name)), __FILE__, __LINE__, "%s of '%s'",
                name, json_string_value(json_object_get(row, "text")));
}

TEST(lax)
{
    json_t *rows = dataset_lines("tests/golden/judge/lax.jsonl");

    CHECK(json_array_size(rows) > 40);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        struct format_verdict got = judged(json_string_value(json_object_get(row, "text")), "");

        check_claim_of(row, "json_validity", got.json_validity);
        check_claim_of(row, "thought_prefix", got.thought_prefix);
        check_claim_of(row, "action_block", got.action_block);
        check_claim_of(row, "refusal", got.refusal);
        check_claim_of(row, "full_compliance", got.full_compliance);
    }
    json_decref(rows);
}

#define ACTION "Thought: x\nAction: "
#define SUM "{\"tool\":\"calculator\",\"args\":\"17 * 6\"}"
#define SEARCH "{\"tool\":\"search\",\"args\":\"Weather in Oslo\"}"
#define LIST "{\"tool\":\"calendar\",\"args\":{\"action\":\"list\",\"day\":\"Monday\",\"n\":1}}"

TEST(faults)
{
    static const struct {
        const char *text, *expected;
        enum format_fault fault;
        bool tool, arguments;
    } rows[] = {
        {ACTION SUM, SUM, FORMAT_GOOD, true, true},
        {ACTION "```json\n" SUM "\n```", SUM, FORMAT_GOOD, true, true},
        {ACTION "{\"tool\":\"calculator\",\"args\":\"6*17\"}", SUM, FORMAT_GOOD, true, true},
        {ACTION "{\"tool\":\"calculator\",\"args\":\"102\"}", SUM, FORMAT_GOOD, true, true},
        {ACTION "{\"tool\":\"calculator\",\"args\":{\"expression\":\"17*6\"}}", SUM, FORMAT_GOOD,
         true, true},
        {ACTION "{\"tool\":\"calculator\",\"args\":\"17 + 6\"}", SUM, FORMAT_WRONG_ARGUMENTS, true,
         false},
        {ACTION "{\"tool\":\"calculator\",\"args\":\"17 times 6\"}", SUM, FORMAT_WRONG_ARGUMENTS,
         true, false},
        {ACTION "{\"tool\":\"calculator\",\"args\":{\"a\":17,\"b\":6}}", SUM,
         FORMAT_WRONG_ARGUMENTS, true, false},
        {ACTION SEARCH, SUM, FORMAT_WRONG_TOOL, false, false},
        {ACTION "{\"tool\":\"shell\",\"args\":\"ls\"}", SUM, FORMAT_UNKNOWN_TOOL, false, false},
        {ACTION "{\"tool\":\"Search\",\"args\":\"ls\"}", SEARCH, FORMAT_UNKNOWN_TOOL, false, false},
        {ACTION "{\"tool\":\"search\",\"args\":\"weather in oslo?\"}", SEARCH, FORMAT_GOOD, true,
         true},
        {ACTION "{\"tool\":\"search\",\"args\":{\"query\":\"weather in Oslo\"}}", SEARCH,
         FORMAT_GOOD, true, true},
        {ACTION "{\"tool\":\"search\",\"args\":\"weather\"}", SEARCH, FORMAT_WRONG_ARGUMENTS, true,
         false},
        {ACTION
         "{\"args\":{\"n\":1.0,\"day\":\"monday\",\"action\":\"list\"},\"tool\":\"calendar\"}",
         LIST, FORMAT_GOOD, true, true},
        {ACTION "{\"tool\":\"calendar\",\"args\":{\"action\":\"list\",\"day\":\"Monday\"}}", LIST,
         FORMAT_WRONG_ARGUMENTS, true, false},
        {"Action: " SUM, SUM, FORMAT_NO_THOUGHT, true, true},
        {"Thought: x", SUM, FORMAT_NO_ACTION, false, false},
        {ACTION SUM "\nAction: " SUM, SUM, FORMAT_TWO_ACTIONS, true, true},
        {ACTION "calculator(17 * 6)", SUM, FORMAT_BAD_JSON, false, false},
        {ACTION "{\"tool\":\"calculator\",\"args\":\"17 * 6\",\"x\":1}", SUM, FORMAT_BAD_MEMBERS,
         true, true},
        {ACTION "{\"tool\":\"calculator\"}", SUM, FORMAT_BAD_MEMBERS, false, false},
        {ACTION "{\"tool\":1,\"args\":\"\"}", SUM, FORMAT_BAD_MEMBERS, false, false},
        {ACTION SUM "\nResult: 102", SUM, FORMAT_TAIL, true, true},
        {"", SUM, FORMAT_NO_THOUGHT, false, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct format_verdict got = judged(rows[i].text, rows[i].expected);

        check_claim(got.fault == rows[i].fault && got.expects && got.tool == rows[i].tool &&
                        got.arguments == rows[i].arguments,
                    __FILE__, __LINE__, "row %zu: %s %d %d", i, format_fault_name(got.fault),
                    got.tool, got.arguments);
        CHECK(got.strict_compliance ==
              (rows[i].fault == FORMAT_GOOD || rows[i].fault >= FORMAT_WRONG_TOOL));
    }
}

TEST(nothing_expected)
{
    struct format_key any = {NULL, 0, {NULL, 0}};
    struct format_verdict got = judged(ACTION SUM, "");

    CHECK(got.fault == FORMAT_GOOD && !got.expects && !got.tool && !got.arguments);
    CHECK(!judged(ACTION SUM, "45").expects && !judged(ACTION SUM, "{\"tool\":1}").expects);
    format_judge(&any, TEXT(ACTION "{\"tool\":\"shell\",\"args\":\"ls\"}"), &desk, &got);
    CHECK(got.strict_compliance);
    format_judge(&any, (struct text){NULL, 0}, &desk, &got);
    CHECK(got.fault == FORMAT_NO_THOUGHT);
}

TEST(fault_names)
{
    static const char *const names[FORMAT_FAULTS] = {
        "good",        "no-thought", "no-action",    "two-actions", "bad-json",
        "bad-members", "tail",       "unknown-tool", "wrong-tool",  "wrong-arguments"};

    for (int i = 0; i < FORMAT_FAULTS; i++)
        CHECK_TEXT(format_fault_name((enum format_fault)i), names[i]);
}

/* The data the recipe ships: chosen answers keep the form, and call what the record asks for. */
TEST(agentic_data)
{
    json_t *rows = dataset_lines("data/agentic/test.jsonl");

    CHECK(json_array_size(rows) > 0);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *answer = json_string_value(json_object_get(row, "answer"));
        struct format_verdict good =
            judged(json_string_value(json_object_get(row, "chosen")), answer ? answer : "");
        struct format_verdict bad =
            judged(json_string_value(json_object_get(row, "rejected")), answer ? answer : "");

        if (!answer || answer[0] != '{') continue;
        CHECK(good.fault == FORMAT_GOOD && good.tool && good.arguments && good.full_compliance);
        check_claim(bad.fault != FORMAT_GOOD, __FILE__, __LINE__, "%s",
                    json_string_value(json_object_get(row, "id")));
    }
    json_decref(rows);
}

int main(void)
{
    RUN(lax);
    RUN(faults);
    RUN(nothing_expected);
    RUN(fault_names);
    RUN(agentic_data);
    judge_desk_release(&desk);
    return check_end();
}
