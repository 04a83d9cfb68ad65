/* What a calculator makes of a line. */
#include "judge/arithmetic.h"

#include "check.h"

static struct err err;

TEST(values)
{
    static const struct {
        const char *text;
        double value;
    } rows[] = {{"17 * 6", 102},
                {" 2 + 3 * 4 ", 14},
                {"(2 + 3) * 4", 20},
                {"10 - 4 - 3", 3},
                {"7 / 2", 3.5},
                {"17 % 5", 2},
                {"-17 % 5", -2},
                {"2 ** 3 ** 2", 512},
                {"2^3^2", 512},
                {"2 * 3 ** 2", 18},
                {"-2 ** 2", -4},
                {"2 ^ -1", 0.5},
                {"2 * -3", -6},
                {"2 * +3", 6},
                {"2 -\t-3\n", 5},
                {"sqrt(81) + .5", 9.5},
                {"SQRT (2) ^ 2", 2},
                {"1200 * (1 + 5 / 100) ** 2", 1323},
                {"1,896,200.50 / 2", 948100.25},
                {"15% * 200", 30},
                {"(15%)", 0.15},
                {"200 * 15%", 30},
                {"200 + 15% - 1", 199.15},
                {"200 % (7)", 4},
                {"50%%", 0.005},
                {"2 * pi", 6.283185307179586},
                {"6 \xC3\x97 7 \xC3\xB7 2 \xE2\x88\x92 1", 20},
                {"2 \xC2\xB7 3 \xE2\x8B\x85 4", 24},
                {"0.1 + 0.2", 0.30000000000000004},
                {"3.", 3}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double value = 0;
        bool good = arithmetic_eval(text_of(rows[i].text), &value, &err);

        check_claim(good && fabs(value - rows[i].value) < 1e-12, __FILE__, __LINE__, "%s: %.17g",
                    rows[i].text, value);
    }
}

TEST(refusals)
{
    static const struct {
        const char *text, *want;
    } rows[] = {{"", "a number is missing: ''"},
                {"2 +", "a number is missing: '2 +'"},
                {".", "a number is missing: '.'"},
                {"17 times 6", "no sign between two numbers: '17 times 6'"},
                {"2 3", "no sign between two numbers: '2 3'"},
                {"1.2.3", "no sign between two numbers: '1.2.3'"},
                {"12,34", "no sign between two numbers: '12,34'"},
                {"2)", "no sign between two numbers: '2)'"},
                {"* 2", "no number where one belongs: '* 2'"},
                {"2 + )", "no number where one belongs: '2 + )'"},
                {"system('ls')", "no number where one belongs: 'system('ls')'"},
                {"inf", "no number where one belongs: 'inf'"},
                {"(2 + 3", "')' is missing: '(2 + 3'"},
                {"sqrt 4", "'(' is missing behind 'sqrt': 'sqrt 4'"},
                {"1 / 0", "no finite value: '1 / 0'"},
                {"5 % 0", "no finite value: '5 % 0'"},
                {"9 ^ 9 ^ 9", "no finite value: '9 ^ 9 ^ 9'"},
                {"sqrt(-1)", "no finite value: 'sqrt(-1)'"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double value;

        CHECK(!arithmetic_eval(text_of(rows[i].text), &value, &err));
        CHECK_TEXT(err.text, rows[i].want);
    }
}

TEST(limits)
{
    static char deep[100000];
    double value;

    memset(deep, '(', sizeof deep);
    CHECK(!arithmetic_eval((struct text){deep, sizeof deep}, &value, &err));
    CHECK(strstr(err.text, "more than 64 levels deep: '((((") == err.text);
    memset(deep, '-', sizeof deep);
    CHECK(!arithmetic_eval((struct text){deep, sizeof deep}, &value, &err));
    memset(deep, '7', sizeof deep);
    CHECK(!arithmetic_eval((struct text){deep, sizeof deep}, &value, &err));
    CHECK(strstr(err.text, "a number has too many digits") == err.text);
    CHECK(arithmetic_eval((struct text){deep, 60}, &value, &err));
    CHECK(!arithmetic_eval((struct text){NULL, 0}, &value, &err));
}

int main(void)
{
    RUN(values);
    RUN(refusals);
    RUN(limits);
    return check_end();
}
