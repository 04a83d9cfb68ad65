/* Conditions on fields. */
#include "filter/where.h"

#include "check.h"

static const char line[] =
    "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"topic\":\"loans and more\","
    "\"chosen_score\":7.50,\"metadata\":{\"category\":\"a\",\"level\":3,\"ok\":true,"
    "\"quoted\":\"x\\\"y\",\"none\":null,\"list\":[1, 2]}}";

static struct pair pair;
static struct buffer scratch;

static bool holds(const char *condition)
{
    struct wheres wheres = {0};
    struct err err;
    bool good = false;

    if (CHECK(wheres_add(&wheres, condition, &err))) good = wheres_hold(&wheres, &pair, &scratch);
    wheres_release(&wheres);
    return good;
}

TEST(conditions)
{
    static const char *const good[] = {"metadata.category = a",
                                       "metadata.category=a",
                                       "metadata.category == a",
                                       "metadata.category != b",
                                       "metadata.level = 3",
                                       "metadata.level = 3.0",
                                       "metadata.level <= 3",
                                       "metadata.level >= 3",
                                       "metadata.level < 3.5",
                                       "metadata.level>-1e3",
                                       "metadata.level != 4",
                                       "chosen_score = 7.5",
                                       "chosen_score > 7",
                                       "topic ~ and",
                                       "topic ~ ",
                                       "topic !~ cars",
                                       "topic = loans and more",
                                       "metadata.ok = true",
                                       "metadata.quoted = x\"y",
                                       "metadata.list ~ 1, 2",
                                       "metadata.none != x",
                                       "absent != x",
                                       "absent !~ x",
                                       "chosen_score ~ 50"};
    static const char *const bad[] = {"metadata.category = b",
                                      "metadata.category != a",
                                      "metadata.level < 3",
                                      "metadata.level > 3",
                                      "metadata.level = 3x",
                                      "metadata.level != 3.0",
                                      "topic ~ cars",
                                      "topic !~ loans",
                                      "topic = loans",
                                      "absent = x",
                                      "absent < 5",
                                      "absent ~ x",
                                      "absent = ",
                                      "metadata.none = null",
                                      "topic < 5",
                                      "metadata.category.x = a",
                                      "topic !~ "};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        check_claim(holds(good[i]), __FILE__, __LINE__, "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_claim(!holds(bad[i]), __FILE__, __LINE__, "%s", bad[i]);
}

/* Does the condition 'x ...' hold for the number? */
static bool number_holds(const char *number, const char *condition)
{
    struct wheres wheres = {0};
    struct pair other = {0};
    char record[200];
    struct err err;
    bool good = false;

    snprintf(record, sizeof record,
             "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"x\":%s}", number);
    if (CHECK(pair_parse(&other, text_of(record), &err)) &&
        CHECK(wheres_add(&wheres, condition, &err)))
        good = wheres_hold(&wheres, &other, &scratch);
    wheres_release(&wheres);
    pair_release(&other);
    return good;
}

static void check_order(const char *number, const char *than, int order)
{
    static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">="};
    bool holds[] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};
    char condition[200];

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        snprintf(condition, sizeof condition, "x %s %s", signs[i], than);
        check_claim(number_holds(number, condition) == holds[i], __FILE__, __LINE__, "%s: %s",
                    number, condition);
    }
}

/* As doubles most of these are equal. */
TEST(large_numbers)
{
    check_order("9007199254740992", "9007199254740993", -1);
    check_order("9007199254740993", "9007199254740992", 1);
    check_order("9007199254740993", "9007199254740993", 0);
    check_order("9007199254740993", "+0009007199254740993", 0);
    check_order("-9007199254740993", "-9007199254740992", -1);
    check_order("-9007199254740993", "9007199254740992", -1);
    check_order("123456789012345678901234567890", "123456789012345678901234567891", -1);
    check_order("9007199254740992", "9007199254740993.0", 0);
    check_order("9007199254740993", "9007199254740992e0", 0);
    check_order("10000000000000000000000", "1e22", 0);
    check_order("0", "-0", 0);
}

TEST(numbers_beyond_a_double)
{
    check_order("1e400", "1e399", 0);
    check_order("1e400", "1e308", 1);
    check_order("-1e400", "-1e308", -1);
    check_order("-1e400", "1e400", -1);
    check_order("5", "1e400", -1);
    check_order("1e-400", "0", 0);
}

TEST(several_hold_together)
{
    struct wheres wheres = {0};
    struct err err;

    CHECK(wheres_hold(&wheres, &pair, &scratch));
    CHECK(wheres_add(&wheres, "topic ~ loans", &err) &&
          wheres_add(&wheres, "chosen_score>7", &err));
    CHECK(wheres_hold(&wheres, &pair, &scratch));
    CHECK(wheres_add(&wheres, "metadata.level = 4", &err));
    CHECK(!wheres_hold(&wheres, &pair, &scratch));
    while (wheres.count < WHERES_MOST) CHECK(wheres_add(&wheres, "a = b", &err));
    CHECK(!wheres_add(&wheres, "a = b", &err));
    CHECK_TEXT(err.text, "more than 16 times --where");
    wheres_release(&wheres);
}

TEST(what_is_no_condition)
{
    static const char *const words[] = {"", "topic", "= x", "topic x", "topic ! x", "~", " = 1"};
    struct wheres wheres = {0};
    struct err err;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        check_claim(!wheres_add(&wheres, words[i], &err) &&
                        strstr(err.text, "--where takes 'FIELD OP VALUE'"),
                    __FILE__, __LINE__, "'%s'", words[i]);
    CHECK(!wheres_add(&wheres, "score > high", &err));
    CHECK_TEXT(err.text, "--where: 'high' is not a number");
    CHECK_INT(wheres.count, 0);
}

int main(void)
{
    struct err err;

    if (!pair_parse(&pair, text_of(line), &err)) printf("Bail out! %s\n", err.text);
    RUN(conditions);
    RUN(large_numbers);
    RUN(numbers_beyond_a_double);
    RUN(several_hold_together);
    RUN(what_is_no_condition);
    pair_release(&pair);
    buffer_release(&scratch);
    return check_end();
}
