/* Patterns: what fits is what Python's re.fullmatch says. */
#include "adapter/pattern.h"

#include "check.h"

static struct err err;

static int fits(const char *source, const char *text)
{
    struct pattern pattern;
    int got;

    if (!pattern_compile(&pattern, source, &err)) return -1;
    got = pattern_fits(&pattern, text_of(text));
    pattern_release(&pattern);
    return got;
}

static void check_rows(const char *const rows[][2], int want)
{
    for (size_t i = 0; rows[i][0]; i++)
        check_claim(fits(rows[i][0], rows[i][1]) == want, __FILE__, __LINE__, "'%s' and '%s'",
                    rows[i][0], rows[i][1]);
}

TEST(these_fit)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"abc", "abc"},
        {"a.c", "a/c"},
        {".*\\.(q|o)_proj", "model.layers.0.self_attn.q_proj"},
        {"a|b|cd", "cd"},
        {"(a|b|)c", "c"},
        {"a*b+c?", "bbb"},
        {"a{2}", "aa"},
        {"a{2,}", "aaaaa"},
        {"a{,2}", ""},
        {"a{1,3}b", "aaab"},
        {"(?:ab){2,3}", "ababab"},
        {"a{x}", "a{x}"},
        {"a{}", "a{}"},
        {"{", "{"},
        {"}]", "}]"},
        {"(a*)*", "aaaa"},
        {"(a|b)*?c", "ababc"},
        {"(){3}", ""},
        {"[a-c]+", "abcabc"},
        {"[^.]+", "model"},
        {"[]]", "]"},
        {"[^]]", "a"},
        {"[a-]", "-"},
        {"[\\d_]+", "1_2"},
        {"[\\]\\-]+", "-]"},
        {"\\d{1,}\\.\\w+\\s", "12.ab_9 "},
        {"\\D\\W\\S", "a.b"},
        {"^a$", "a"},
        {"\\Aa\\Z", "a"},
        {"a\\.\\bb\\b", "a.b"},
        {"a\\Bb", "ab"},
        {"(?:^|.*\\.)q", "q"},
        {"(.*\\.)?(^a)", "a"},
        {"(?:.*?(?:self_attn|mlp).*?(?:q_proj|v_proj).*?)|(?:\\bmodel\\.layers\\.[\\d]{1,}\\.x)",
         "model.layers.12.x"},
        {NULL, NULL},
    };
    check_rows(rows, 1);
}

TEST(these_do_not)
{
    static const char *const rows[][2] = {
        {"", "a"},         {"abc", "abcd"}, {"abc", "ab"},         {"a.c", "a\nc"},
        {"a|b", "ab"},     {"a{2}", "a"},   {"a{2}", "aaa"},       {"a{1,3}b", "aaaab"},
        {"[a-c]", "d"},    {"[^.]", "."},   {"\\d", "x"},          {"^a$", "ba"},
        {"a^", "a"},       {"$a", "a"},     {"a\\bb", "ab"},       {"a\\B", "a"},
        {"(a|b)+", "abc"}, {"\\w", "\xc3"}, {"q_proj", ".q_proj"}, {NULL, NULL},
    };

    check_rows(rows, 0);
}

TEST(what_is_not_understood)
{
    static const char *const rows[][2] = {
        {"(a", "a '(' is not closed"},
        {"a)", "a ')' closes nothing"},
        {"*a", "there is nothing to repeat"},
        {"a**", "there is nothing to repeat"},
        {"(|*)", "there is nothing to repeat"},
        {"a{3,2}", "a repetition has its least above its most"},
        {"a{1001}", "it is too long"},
        {"(a{100}){100}", "it is too long"},
        {"a{0,999}b{0,999}", "it is too long"},
        {"(?=a)", "'(?' is known before ':' only"},
        {"(?i)a", "'(?' is known before ':' only"},
        {"\\1", "a letter or digit behind '\\' that is not known"},
        {"[\\b]", "a letter or digit behind '\\' that is not known"},
        {"a\\", "it ends in '\\'"},
        {"[\\", "it ends in '\\'"},
        {"[a", "a '[' is not closed"},
        {"[]", "a '[' is not closed"},
        {"[z-a]", "a set has a range without order"},
        {"[\\d-z]", "a set has a range without order"},
        {"[a-\\d]", "a set has a range without order"},
    };
    char want[300];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_INT(fits(rows[i][0], "a"), -1);
        snprintf(want, sizeof want, "the pattern '%s' is not understood: %s", rows[i][0],
                 rows[i][1]);
        CHECK_TEXT(err.text, want);
    }
}

TEST(depth_has_a_limit)
{
    char deep[80];

    snprintf(deep, sizeof deep, "%.*sa%.*s", 32, "((((((((((((((((((((((((((((((((((((", 32,
             "))))))))))))))))))))))))))))))))))))");
    CHECK_INT(fits(deep, "a"), 1);
    snprintf(deep, sizeof deep, "%.*s", 33, "((((((((((((((((((((((((((((((((((((");
    CHECK_INT(fits(deep, "a"), -1);
    CHECK(strstr(err.text, "it is nested too deeply") != NULL);
}

/* What takes a stack of guesses elsewhere forever. */
TEST(time_is_linear)
{
    char text[2001];

    memset(text, 'a', 2000);
    text[2000] = '\0';
    CHECK_INT(fits("(a*)*(a|aa)*(a?){50}b", text), 0);
}

int main(void)
{
    RUN(these_fit);
    RUN(these_do_not);
    RUN(what_is_not_understood);
    RUN(depth_has_a_limit);
    RUN(time_is_linear);
    return check_end();
}
