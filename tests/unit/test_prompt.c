/* Where a prompt that stands inside both answers ends. */
#include "sources/prompt.h"

#include "check.h"

#define TURNS "\n\nHuman: Hi\n\nAssistant:"

TEST(texts)
{
    static const struct {
        const char *chosen, *rejected;
        size_t cut;
    } rows[] = {
        {"What? Yes", "What? No", 5}, /* the space goes to the answers */
        {"What?  Yes", "What?  No", 6},
        {"answer A", "answered", 6},
        {"ab", "ac", 1},
        {" a", " b", 0}, /* nothing but a space is shared */
        {"a", "b", 0},
        {"", "", 0},
        {"", "a", 0},
        {"a", "a", 0},
        {"ab", "ab", 1},
        {"abc", "abcd", 2},
        {"abcd", "abc", 2},
        {"x\xc3\xa9", "x\xc3\xa8", 1},
        {"x\xc3\xa9", "x\xc3\xa9y", 1},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x81", 0},
        {"\xf0\x9f\x98\x80y", "\xf0\x9f\x98\x80z", 4},
        {"x \xc3\xa9", "x \xc3\xa8", 1},
        {TURNS " Yes", TURNS " Yet", sizeof TURNS - 1},
        {TURNS " a" TURNS " b", TURNS " a" TURNS " c", 2 * (sizeof TURNS - 1) + 2},
        {TURNS, TURNS " a", sizeof TURNS - 1},
        {TURNS " a" TURNS, TURNS " b" TURNS, sizeof TURNS - 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_claim(
            prompt_split_texts(text_of(rows[i].chosen), text_of(rows[i].rejected)) == rows[i].cut,
            __FILE__, __LINE__, "'%s' and '%s' part at %zu, not %zu", rows[i].chosen,
            rows[i].rejected,
            prompt_split_texts(text_of(rows[i].chosen), text_of(rows[i].rejected)), rows[i].cut);
}

TEST(dialogues)
{
    static const char *const said[] = {"Hi",
                                       " Hi\n",
                                       "Human: Hi\n\nAssistant:",
                                       "\n\nHuman: Hi",
                                       TURNS,
                                       "\n\nHuman: Hi\n\nAssistant: "};
    static const char *const not_said[] = {"",           "H",      "Hi!",
                                           "Assistant:", "Human:", "\n\nHuman: Hi!"};
    static const char longer[] = TURNS " a\n\nHuman: b\n\n c\n\nAssistant:";

    CHECK(dialogue_begins(TEXT(TURNS)) && !dialogue_begins(TEXT("\n\nHuman")));
    CHECK_INT(prompt_split_dialogues(TEXT(TURNS " Yes"), TEXT(TURNS " Yet")), sizeof TURNS - 1);
    CHECK_INT(prompt_split_dialogues(TEXT("\n\nHuman: a"), TEXT("\n\nHuman: a")), 0);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        check_claim(dialogue_says(TEXT(TURNS), text_of(said[i])), __FILE__, __LINE__, "'%s'",
                    said[i]);
    for (size_t i = 0; i < sizeof not_said / sizeof not_said[0]; i++)
        check_claim(!dialogue_says(TEXT(TURNS), text_of(not_said[i])), __FILE__, __LINE__, "'%s'",
                    not_said[i]);
    CHECK(dialogue_says(TEXT(longer), TEXT("Hi")) && dialogue_says(TEXT(longer), TEXT("b\n\n c")));
    CHECK(!dialogue_says(TEXT(longer), TEXT("a")) && !dialogue_says(TEXT(longer), TEXT("b")));
    CHECK(!dialogue_says(TEXT("\n\nAssistant:"), TEXT("Hi")));
}

TEST(messages)
{
    static const struct {
        const char *chosen, *rejected;
        size_t shared;
    } rows[] = {
        {"[{\"a\":1},{\"b\":1}]", "[{\"a\":1},{\"c\":1}]", 1},
        {"[{\"a\":1},{\"b\":1}]", "[{\"a\":1},{\"b\":1}]", 1},
        {"[{\"a\":1}]", "[{\"a\":1},{\"b\":1}]", 0},
        {"[{\"a\":1},{\"b\":1},{\"c\":1}]", "[{\"a\":1},{\"b\":1}]", 1},
        {"[{\"a\":1}]", "[{\"b\":1}]", 0},
        {"[]", "[{\"b\":1}]", 0},
        {"[]", "[]", 0},
    };
    struct scan chosen = {0}, rejected = {0};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK(scan_json(&chosen, rows[i].chosen, strlen(rows[i].chosen)));
        CHECK(scan_json(&rejected, rows[i].rejected, strlen(rows[i].rejected)));
        CHECK_INT(prompt_split_messages(&chosen, &rejected), rows[i].shared);
    }
    scan_release(&chosen);
    scan_release(&rejected);
}

int main(void)
{
    RUN(texts);
    RUN(dialogues);
    RUN(messages);
    return check_end();
}
