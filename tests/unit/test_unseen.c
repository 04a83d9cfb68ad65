/* Prompts of another file, found again in other clothes. */
#include "filter/unseen.h"

#include "check.h"
#include "unit/files.h"

static void check_normal(const char *text, const char *want)
{
    struct buffer out = {0};

    normalize_text(text_of(text), &out);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, want);
    buffer_release(&out);
}

TEST(normal_texts)
{
    check_normal("", "");
    check_normal(" ?! ", " ?! ");
    check_normal("What is\tan  ARM?", "what is an arm");
    check_normal("(what--is) an: arm", "what is an arm");
    check_normal("\xc3\x89t\xc3\xa9 \xce\xa9 \xd0\x96 \xd0\x81",
                 "\xc3\xa9t\xc3\xa9 \xcf\x89 \xd0\xb6 \xd1\x91");
    check_normal("3.5 \xe2\x80\x93 4. ,5", "3.5 4 5");
    check_normal("\xd9\x85\xd9\x8e\xd8\xb1\xd9\x80\xd9\x80\xd8\xad\xd8\x8c \xd8\xa8\xd8\x9f",
                 "\xd9\x85\xd8\xb1\xd8\xad \xd8\xa8");
    check_normal("a\xe2\x80\x8b"
                 "b",
                 "ab");
    check_normal("na\xc3\xafve \xc3\x97 \xe4\xbd\xa0", "na\xc3\xafve \xc3\x97 \xe4\xbd\xa0");
}

TEST(calculations)
{
    check_normal("What is 2 + 2?", "what is 2+2");
    check_normal("what is 2+2", "what is 2+2");
    check_normal("2 - 2, 2-2, 2 * 2, 2/2", "2-2 2-2 2*2 2/2");
    check_normal("-5 or - 5 or a - b, c--d", "-5 or-5 or a b c d");
    check_normal("1,000.50 at 3.5 %.", "1,000.50 at 3.5%");
    check_normal("1. 2, 3 .5,", "1 2 3 5");
    check_normal("$5 x^2 <= y > z = 7", "$5 x^2<=y>z=7");
    check_normal("?! ...", "?! ..."); /* nothing else would be left */
}

static enum unseen_match find(const struct unseen *unseen, const char *prompt)
{
    const char *answer =
        prompt[0] == '[' ? "[{\"role\":\"assistant\",\"content\":\"a\"}]" : "\"a\"";
    struct pair pair = {0};
    struct buffer line = {0}, scratch = {0};
    struct err err;
    enum unseen_match found = UNSEEN_NEW;

    buffer_format(&line, "{\"prompt\":%s,\"chosen\":%s,\"rejected\":%s}", prompt, answer, answer);
    if (CHECK(pair_parse(&pair, (struct text){line.at, line.len}, &err)))
        found = unseen_find(unseen, &pair, &scratch);
    CHECK(pair.fields[FIELD_PROMPT] == &pair.scan.members[0].value);
    buffer_release(&line);
    buffer_release(&scratch);
    pair_release(&pair);
    return found;
}

static bool holds(const struct unseen *unseen, const char *prompt)
{
    return find(unseen, prompt) != UNSEEN_NEW;
}

TEST(prompts_are_found)
{
    struct unseen unseen = {0};
    struct err err;
    const char *path = files_text("quiz", "{\"prompt\":\"What is an ARM?\"}\n"
                                          "{\"question\":\"Is it\\u0020fixed?\",\"x\":1}\n\n"
                                          "{\"prompt\":[{\"role\":\"user\",\"content\":\"One\"}]}");

    CHECK(unseen_load(&unseen, path, &err));
    CHECK(unseen.exact.count == 3 && unseen.normal.count == 3 && unseen.active);
    CHECK(holds(&unseen, "\"what is an arm\""));
    CHECK(holds(&unseen, "\"Is it fixed\""));
    CHECK(holds(&unseen, "\"one.\""));
    CHECK(holds(&unseen, "[{\"role\":\"system\",\"content\":\"What is an arm\"}]"));
    CHECK(!holds(&unseen, "\"what is an arms\""));
    CHECK(!holds(&unseen, "\"\""));
    CHECK(unseen_load(&unseen, files_text("more", "[{\"prompt\":\"Two\"}]\n"), &err));
    CHECK(holds(&unseen, "\"two\"") && holds(&unseen, "\"one\"")); /* several files add up */
    unseen_release(&unseen);
}

TEST(word_for_word_or_nearly)
{
    struct unseen unseen = {0};
    struct err err;
    const char *path = files_text("sums", "{\"prompt\":\"What is 2 + 2?\"}\n"
                                          "{\"prompt\":\"???\"}\n");

    CHECK(unseen_load(&unseen, path, &err));
    CHECK_INT(find(&unseen, "\"What is 2 + 2?\""), UNSEEN_SAME);
    CHECK_INT(find(&unseen, "\"What is 2 \\u002b 2?\""), UNSEEN_SAME);
    CHECK_INT(find(&unseen, "\"what is 2+2\""), UNSEEN_NEAR);
    CHECK_INT(find(&unseen, "\"What is 2 * 2?\""), UNSEEN_NEW);
    CHECK_INT(find(&unseen, "\"What is 2 - 2?\""), UNSEEN_NEW);
    CHECK_INT(find(&unseen, "\"What is 2 2?\""), UNSEEN_NEW);
    CHECK_INT(find(&unseen, "\"???\""), UNSEEN_SAME);
    CHECK_INT(find(&unseen, "\"!\""), UNSEEN_NEW);
    unseen_release(&unseen);
}

TEST(bad_files)
{
    static const char *const rows[][2] = {
        {"{\"prompt\":\"a\"}\n{\"x\":1}\n", ":2: it has neither a 'prompt' nor a 'question'"},
        {"{\"prompt\":7}\n", ":1: it has neither a 'prompt' nor a 'question'"},
        {"{\"prompt\":\n", ":2: the file ends in the middle of the document"},
        {"{\"prompt\",\n", ":1: not JSON at column 10: no ':' behind a key"},
        {"[7]\n", ":1: the line holds a number, not an object"},
    };
    struct unseen unseen = {0};
    struct err err;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK(!unseen_load(&unseen, files_text("bad", rows[i][0]), &err));
        CHECK_TEXT(strchr(err.text, ':'), rows[i][1]);
    }
    CHECK(!unseen_load(&unseen, files_path("absent"), &err));
    CHECK(strstr(err.text, "/absent: No such file or directory"));
    unseen_release(&unseen);
}

int main(void)
{
    RUN(normal_texts);
    RUN(calculations);
    RUN(prompts_are_found);
    RUN(word_for_word_or_nearly);
    RUN(bad_files);
    return check_end();
}
