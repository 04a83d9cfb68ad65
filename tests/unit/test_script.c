/* Letters and the scripts they belong to. */
#include "filter/script.h"

#include "check.h"

static bool holds(const char *condition, const char *text)
{
    struct scripts scripts = {0};
    struct err err;

    if (!CHECK(scripts_add(&scripts, condition, &err))) return false;
    return scripts_hold(&scripts, text_of(text));
}

TEST(every_script)
{
    static const char *const samples[][2] = {
        {"arabic=1", "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7"},
        {"cyrillic=1", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},
        {"devanagari=1",
         "\xe0\xa4\xa8\xe0\xa4\xae\xe0\xa4\xb8\xe0\xa5\x8d\xe0\xa4\xa4\xe0\xa5\x87"},
        {"greek=1", "\xce\x93\xce\xb5\xce\xb9\xce\xac"},
        {"han=1", "\xe4\xbd\xa0\xe5\xa5\xbd"},
        {"hangul=1", "\xec\x95\x88\xeb\x85\x95"},
        {"hebrew=1", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"},
        {"kana=1", "\xe3\x81\x93\xe3\x82\xab"},
        {"latin=1", "Z\xc3\xa9\xc5\xbc\xe1\xba\xbf"},
        {"thai=1", "\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1"},
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        for (size_t j = 0; j < sizeof samples / sizeof samples[0]; j++)
            check_claim(holds(samples[i][0], samples[j][1]) == (i == j), __FILE__, __LINE__,
                        "%s, sample %zu", samples[i][0], j);
}

TEST(shares)
{
    CHECK(holds("latin=0.5", "ab\xd9\x85\xd8\xb1"));
    CHECK(!holds("latin=0.51", "ab\xd9\x85\xd8\xb1"));
    CHECK(holds("arabic=0.5", "ab\xd9\x85\xd8\xb1"));
    CHECK(holds("latin=1",
                "a 12,5 % \xe2\x82\xac \xf0\x9f\x98\x80 \xd9\xa3 \xd9\x8e")); /* no letters */
    CHECK(!holds("latin=0.01", "123"));
    CHECK(!holds("latin=0.01", ""));
    CHECK(holds("latin=0", ""));
    CHECK(holds("latin=1", "\xc3\x97"
                           "x")); /* a times sign is no letter */
}

TEST(all_must_hold)
{
    struct scripts scripts = {0};
    struct err err;

    CHECK(scripts_add(&scripts, "latin=0.2", &err) && scripts_add(&scripts, "greek=0.2", &err));
    CHECK(scripts_hold(&scripts, TEXT("a\xce\xb1")));
    CHECK(!scripts_hold(&scripts, TEXT("aaa")));
    while (scripts.count < SCRIPTS_MOST) CHECK(scripts_add(&scripts, "thai=0", &err));
    CHECK(!scripts_add(&scripts, "thai=0", &err));
    CHECK_TEXT(err.text, "more than 8 times --script");
}

TEST(what_is_no_condition)
{
    static const char *const words[] = {"",          "arabic",      "arabic=",    "arabic=x",
                                        "arabic=-1", "arabic=1.01", "arabic=50%", "=0.5"};
    struct scripts scripts = {0};
    struct err err;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        CHECK(!scripts_add(&scripts, words[i], &err));
    CHECK(!scripts_add(&scripts, "klingon=1", &err));
    CHECK(strstr(err.text, "--script: 'klingon' is none of arabic, cyrillic"));
    CHECK_INT(scripts.count, 0);
}

int main(void)
{
    RUN(every_script);
    RUN(shares);
    RUN(all_must_hold);
    RUN(what_is_no_condition);
    return check_end();
}
