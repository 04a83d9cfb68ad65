/* Texts as words, and the amounts in them. */
#include "judge/amount.h"
#include "judge/words.h"

#include "check.h"

static struct words words, needle;

static void check_normal(const char *text, const char *want)
{
    words_read(&words, text_of(text));
    buffer_byte(&words.normal, '\0');
    CHECK_TEXT(words.normal.at, want);
}

TEST(normal_form)
{
    check_normal("", "");
    check_normal(" .,;\n", "");
    check_normal("The HELOC, please!", "the heloc please");
    check_normal("30-year_fixed", "30 year fixed");
    check_normal("don't Don\u2019t 'quoted'", "don't don't quoted");
    check_normal("$1,896.00 1.9k 6.5% 6.5 per cent 6 percent",
                 "1896 1900 6.5 percent 6.5 percent 6 percent");
    check_normal("-5 3-5 (-7) a-5", "-5 3 5 -7 a 5");
    check_normal("v8 8v 1st", "v8 8 v 1 st");
    check_normal(
        "\u00C9T\u00C9 \u0141\u00D3D\u0179 \u0397\u039B\u0399\u039F\u03A3 \u041C\u0418\u0420",
        "\u00E9t\u00E9 \u0142\u00F3d\u017A \u03B7\u03BB\u03B9\u03BF\u03C3 \u043C\u0438\u0440");
    check_normal(
        "\u0623\u0625\u0622\u0627 \u0645\u064F\u062D\u0640\u0645\u062F \u0663\u066B\u0665\u066A",
        "\u0627\u0627\u0627\u0627 \u0645\u062D\u0645\u062F 3.5 percent");
    check_normal("a\u200Bb \u2026c\u3000d\U0001F600e \xFF\xFE f", "ab c d e f");
    check_normal("x\u00D7y 2\u00B2", "x y 2");
}

TEST(breaks)
{
    static const struct {
        const char *text;
        enum word_break want;
    } rows[] = {
        {"a b", BREAK_NONE},         {"a-b", BREAK_HYPHEN},         {"a - b", BREAK_CLAUSE},
        {"a, b", BREAK_CLAUSE},      {"a (b", BREAK_CLAUSE},        {"a: b", BREAK_COLON},
        {"a = b", BREAK_COLON},      {"a. b", BREAK_SENTENCE},      {"a.b", BREAK_HYPHEN},
        {"a? b", BREAK_SENTENCE},    {"a.\nb", BREAK_LINE},         {"a:\nb", BREAK_LINE},
        {"a\u060C b", BREAK_CLAUSE}, {"a\u061F b", BREAK_SENTENCE}, {"a \u2014 b", BREAK_CLAUSE}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        words_read(&words, text_of(rows[i].text));
        check_claim(words.count == 2 && words.items[0].before == BREAK_LINE &&
                        words.items[1].before == rows[i].want,
                    __FILE__, __LINE__, "%s", rows[i].text);
    }
    words_read(&words, TEXT("Is it so? Yes, it is. Is it"));
    CHECK(words.items[0].asked && words.items[2].asked && !words.items[3].asked &&
          !words.items[7].asked);
    CHECK_INT(words_sentence(&words, 3), 6);
    CHECK_INT(words_sentence(&words, 7), 8);
}

TEST(matching)
{
    static const char *const rows[] = {"the", "the answer is", "answer", NULL};

    words_read(&words, TEXT("The answer is that. The, answer is"));
    CHECK_INT(words_match(&words, 0, rows), 3);
    CHECK_INT(words_match(&words, 1, rows), 1);
    CHECK_INT(words_match(&words, 2, rows), 0);
    CHECK_INT(words_match(&words, 4, rows), 1); /* not across a comma */
    CHECK_INT(words_match(&words, 9, rows), 0);
    words_read(&needle, TEXT("answer is"));
    CHECK(words_at(&words, 1, &needle) && !words_at(&words, 2, &needle));
    words_read(&needle, TEXT(""));
    CHECK(!words_at(&words, 0, &needle));
    CHECK(words_is(&words, 3, "that") && !words_is(&words, 3, "tha") && !words_is(&words, 99, ""));
    CHECK_INT(words_span(&words, 1, 3).len, 9);
}

static void check_amount(const char *text, double value, double bare, bool percent,
                         enum amount_role role)
{
    struct amount got = {0};
    size_t at = 0;
    bool found = amount_next(text_of(text), &at, &got);

    check_claim(found && got.value == value && got.bare == bare && got.percent == percent &&
                    got.role == role && at == got.end && got.at < got.end,
                __FILE__, __LINE__, "'%s': %d %.17g %.17g %d %d", text, found, got.value, got.bare,
                got.percent, (int)got.role);
}

#define PLAIN(text, value) check_amount(text, value, value, false, AMOUNT_PLAIN)
#define ROLE(text, value, role) check_amount(text, value, value, false, AMOUNT_##role)

TEST(amounts)
{
    PLAIN("45", 45);
    PLAIN("x = 45.", 45);
    PLAIN("$1,896.20", 1896.2);
    PLAIN("1 896", 1);
    PLAIN("1\u202F896,5", 1896);
    PLAIN("1.234.567,5", 1234567.5);
    PLAIN("12,34", 12.34);
    PLAIN("1,2,3", 1);
    PLAIN("12,34,567", 1234567);
    PLAIN("-$5", -5);
    PLAIN("$-5", -5);
    PLAIN("10 -5", 10);
    PLAIN("\u0661\u066C\u0668\u0669\u0666\u066B\u0662", 1896.2);
    PLAIN("\u06F4\u06F5", 45);
    PLAIN("\uFF14\uFF15", 45);
    PLAIN("1.9k", 1900);
    PLAIN("5km", 5);
    PLAIN("may 5", 5);
    check_amount("1.5M", 1500000, 1.5, false, AMOUNT_PLAIN);
    check_amount("2 billion", 2e9, 2, false, AMOUNT_PLAIN);
    check_amount("6.5 %", 6.5, 6.5, true, AMOUNT_PLAIN);
    check_amount("6.5 percentage", 6.5, 6.5, false, AMOUNT_PLAIN);
    check_amount("\u0665 \u0641\u064A \u0627\u0644\u0645\u0626\u0629", 5, 5, true, AMOUNT_PLAIN);
}

TEST(roles)
{
    ROLE("30-year", 30, WEAK);
    ROLE("3rd", 3, WEAK);
    ROLE("2. second", 2, WEAK);
    ROLE("1/2", 0.5, WEAK);
    ROLE("U-3", 3, PART);
    ROLE("GPT4", 4, PART);
    ROLE("10:30", 10, PART);
    ROLE("2025-01-31", 2025, PART);
    ROLE("80-10-10", 80, PART);
    ROLE("1.2.3", 1.2, PART);
    ROLE("May 5", 5, PART);
    ROLE("5 May", 5, PART);
    ROLE("2.", 2, PLAIN);
}

TEST(none)
{
    struct amount amount;
    size_t at = 0;
    char digits[100];

    CHECK(!amount_next(TEXT(""), &at, &amount) && !amount_next(TEXT("no number"), &at, &amount));
    memset(digits, '9', sizeof digits);
    at = 0;
    CHECK(!amount_next((struct text){digits, sizeof digits}, &at, &amount));
    CHECK(!amount_digits(TEXT("x"), 0, &amount));
}

int main(void)
{
    RUN(normal_form);
    RUN(breaks);
    RUN(matching);
    RUN(amounts);
    RUN(roles);
    RUN(none);
    words_release(&words);
    words_release(&needle);
    return check_end();
}
