/* Values of options: parsed whole or refused with a line that says what is taken. */
#include "options/option_value.h"

#include "check.h"
#include "core/memory.h"

#include <stdint.h>

static bool flag;
static const char *text;
static struct option_list list;
static size_t size, choice;
static double number;

static const struct option_spec rows[] = {
    {0, "flag", OPTION_FLAG, &flag, NULL, ""},
    {0, "text", OPTION_TEXT, &text, "T", ""},
    {0, "list", OPTION_LIST, &list, "L", ""},
    {0, "size", OPTION_SIZE, &size, "N", ""},
    {0, "bytes", OPTION_BYTES, &size, "SIZE", ""},
    {0, "number", OPTION_NUMBER, &number, "X", ""},
    {0, "choice", OPTION_CHOICE, &choice, "first|last|strongest", ""},
};

enum { FLAG, WORDS, LIST, SIZE, BYTES, NUMBER, CHOICE };

/* "" or the reason. */
static const char *set(int row, const char *value)
{
    static struct err err;

    return option_value_set(&rows[row], value, &err) ? "" : err.text;
}

TEST(flags)
{
    CHECK_TEXT(set(FLAG, NULL), "");
    CHECK(flag);
    CHECK_TEXT(set(FLAG, "no"), "");
    CHECK(!flag);
    CHECK_TEXT(set(FLAG, "true"), "");
    CHECK(flag);
    CHECK_TEXT(set(FLAG, "false"), "");
    CHECK(!flag);
    CHECK_TEXT(set(FLAG, "1"), "--flag takes yes or no, not '1'");
    CHECK_TEXT(set(FLAG, ""), "--flag takes yes or no, not ''");
}

TEST(texts_and_lists)
{
    CHECK_TEXT(set(WORDS, "a b"), "");
    CHECK_TEXT(text, "a b");
    for (int i = 0; i < 100; i++) CHECK_TEXT(set(LIST, i ? "x" : "first"), "");
    CHECK_INT(list.count, 100);
    CHECK_TEXT(list.items[0], "first");
    mem_free(list.items);
}

TEST(sizes)
{
    static const char *const bad[] = {
        "", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "k", "1k", "18446744073709551616"};

    CHECK_TEXT(set(SIZE, "0"), "");
    CHECK_INT(size, 0);
    CHECK_TEXT(set(SIZE, "007"), "");
    CHECK_INT(size, 7);
    CHECK_TEXT(set(SIZE, "18446744073709551615"), "");
    CHECK(size == SIZE_MAX);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_claim(*set(SIZE, bad[i]), __FILE__, __LINE__, "'%s'", bad[i]);
    CHECK_TEXT(set(SIZE, "many"), "--size takes a whole number, not 'many'");
}

TEST(sizes_in_bytes)
{
    static const char *const bad[] = {"",
                                      "-1K",
                                      "1 K",
                                      "1.5G",
                                      "K",
                                      "1k",
                                      "1KB",
                                      "1X",
                                      "1GG",
                                      "0x1M",
                                      "18446744073709551616",
                                      "16777216T",
                                      "00000000000000000000000001"};

    CHECK_TEXT(set(BYTES, "1000"), "");
    CHECK_INT(size, 1000);
    CHECK_TEXT(set(BYTES, "3K"), "");
    CHECK_INT(size, 3072);
    CHECK_TEXT(set(BYTES, "512M"), "");
    CHECK_INT(size, 512 << 20);
    CHECK_TEXT(set(BYTES, "16777215T"), "");
    CHECK(size == (size_t)16777215 << 40);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_claim(*set(BYTES, bad[i]), __FILE__, __LINE__, "'%s'", bad[i]);
    CHECK_TEXT(set(BYTES, "much"), "--bytes takes a size such as 512M or 8G, not 'much'");
}

TEST(numbers)
{
    static const char *const bad[] = {"",         " 1",    "1 ",  "nan", "inf", "-inf",
                                      "infinity", "1e400", "0x1", "1,5", "1..", "--1",
                                      "e5",       "+",     ".",   "-nan"};

    CHECK_TEXT(set(NUMBER, "-.5e-1"), "");
    CHECK(number == -0.05);
    CHECK_TEXT(set(NUMBER, "+7"), "");
    CHECK(number == 7);
    CHECK_TEXT(set(NUMBER, "1e-400"), "");
    CHECK(number == 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_claim(*set(NUMBER, bad[i]), __FILE__, __LINE__, "'%s'", bad[i]);
    CHECK_TEXT(set(NUMBER, "half"), "--number takes a number, not 'half'");
}

TEST(choices)
{
    static const char *const bad[] = {"", "firs", "firstt", "first|last", "|", "FIRST", "last|"};

    CHECK_TEXT(set(CHOICE, "first"), "");
    CHECK_INT(choice, 0);
    CHECK_TEXT(set(CHOICE, "strongest"), "");
    CHECK_INT(choice, 2);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_claim(*set(CHOICE, bad[i]), __FILE__, __LINE__, "'%s'", bad[i]);
    CHECK_TEXT(set(CHOICE, "none"), "--choice takes first|last|strongest, not 'none'");
}

static const char *shown(int row)
{
    static char out[64];

    option_value_default(&rows[row], out, sizeof out);
    return out;
}

TEST(defaults)
{
    text = "x";
    size = 42;
    number = 0.7;
    choice = 1;
    CHECK_TEXT(shown(FLAG), "");
    CHECK_TEXT(shown(WORDS), " [x]");
    CHECK_TEXT(shown(LIST), "");
    CHECK_TEXT(shown(SIZE), " [42]");
    CHECK_TEXT(shown(NUMBER), " [0.7]");
    CHECK_TEXT(shown(CHOICE), " [last]");
    text = NULL;
    size = 0;
    number = -1e300;
    CHECK_TEXT(shown(WORDS), "");
    CHECK_TEXT(shown(SIZE), "");
    CHECK_TEXT(shown(NUMBER), "");
}

int main(void)
{
    RUN(flags);
    RUN(texts_and_lists);
    RUN(sizes);
    RUN(sizes_in_bytes);
    RUN(numbers);
    RUN(choices);
    RUN(defaults);
    return check_end();
}
