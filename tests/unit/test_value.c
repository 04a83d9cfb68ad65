/* JSON strings and numbers: what they mean, and back; UTF-8 one by one and by the run. */
#include "records/value.h"

#include "check.h"

#include <math.h>
#include <stdint.h>

static struct scan scan;

/* The scanned value of a JSON text, which must live on. */
static const struct value *value_of(const char *json)
{
    if (!CHECK(scan_json(&scan, json, strlen(json)))) printf("# %s\n", json);
    return &scan.root;
}

TEST(meanings)
{
    static const struct {
        const char *json;
        struct text text;
    } rows[] = {
        {"\"\"", TEXT("")},
        {"\"plain\"", TEXT("plain")},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", TEXT("\"\\/\b\f\n\r\t")},
        {"\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\"", TEXT("A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")},
        {"\"\\u0000x\"", TEXT("\0x")},
        {"\"\\ud800\\udc00\\udbff\\udfff\"", TEXT("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")},
        {"\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
         TEXT("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf")},
    };
    struct buffer scratch = {0};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct value *value = value_of(rows[i].json);
        struct text text;

        scratch.len = 0;
        buffer_text(&scratch, "before");
        text = value_text(value, &scratch);
        CHECK(text.len == rows[i].text.len && memcmp(text.at, rows[i].text.at, text.len) == 0);
        CHECK(value_is(value, rows[i].text) && !value_is(value, TEXT("something else")));
        scratch.len = 3;
        value_unescape(value, &scratch);
        CHECK(scratch.len == 3 + rows[i].text.len && memcmp(scratch.at, "bef", 3) == 0);
    }
    buffer_release(&scratch);
}

TEST(texts_without_escapes_are_not_copied)
{
    const char *json = "\"abc\"";
    const struct value *value = value_of(json);
    struct buffer scratch = {0};

    CHECK(value_text(value, &scratch).at == json + 1 && !scratch.at);
}

TEST(quoting)
{
    static const struct {
        struct text text;
        const char *json;
    } rows[] = {
        {TEXT(""), "\"\""},
        {TEXT("a\"b\\c/d"), "\"a\\\"b\\\\c/d\""},
        {TEXT("\b\f\n\r\t\x01\x1f\x7f"), "\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\""},
        {TEXT("\0"), "\"\\u0000\""},
        {TEXT("\xc3\xa9\xf0\x9f\x98\x80"), "\"\xc3\xa9\xf0\x9f\x98\x80\""},
        {TEXT("a\xff"
              "b"),
         "\"a\xef\xbf\xbd"
         "b\""},
        {TEXT("\xc3"), "\"\xef\xbf\xbd\""},
        {TEXT("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    };
    struct buffer out = {0};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        out.len = 0;
        text_quote(&out, rows[i].text);
        buffer_byte(&out, '\0');
        CHECK_TEXT(out.at, rows[i].json);
    }
    buffer_release(&out);
}

/* All code points, each quoted and understood again. */
TEST(round_trips)
{
    struct buffer text = {0}, json = {0}, again = {0};
    const char *p;
    bool same = true;

    for (uint32_t code = 0; code <= 0x10ffff; code++)
        if (code < 0xd800 || code >= 0xe000) utf8_add(&text, code);
    text_quote(&json, (struct text){text.at, text.len});
    if (CHECK(scan_json(&scan, json.at, json.len))) value_unescape(&scan.root, &again);
    CHECK(again.len == text.len && memcmp(again.at, text.at, text.len) == 0);
    CHECK_INT(utf8_count((struct text){text.at, text.len}), 0x110000 - 0x800);
    p = text.at;
    for (uint32_t code = 0; code <= 0x10ffff; code++)
        if (code < 0xd800 || code >= 0xe000) same = same && utf8_next(&p) == code;
    CHECK(same && p == text.at + text.len);
    buffer_release(&text);
    buffer_release(&json);
    buffer_release(&again);
}

TEST(runs_of_utf8)
{
    static const struct {
        struct text text;
        size_t run;
    } rows[] = {
        {TEXT("\xc3\xa9"), 2},
        {TEXT("\xc3\xa9x"), 2},
        {TEXT("\xc3\xa9\xe2\x82\xacx\xc3\xa9"), 5},
        {TEXT("\xc3\xa9\xff"), 2},
        {TEXT("\xf0\x9f\x98\x80"), 4},
        {TEXT("\xf0\x9f\x98"), 0},
        {TEXT("\xe2\x82"), 0},
        {TEXT("\xc3"), 0},
        {TEXT("\x80"), 0},
        {TEXT("\xc1\x80"), 0},
        {TEXT("\xe0\x80\x80"), 0},
        {TEXT("\xf0\x80\x80\x80"), 0},
        {TEXT("\xf4\x90\x80\x80"), 0},
        {TEXT("\xf8\x88\x80\x80\x80"), 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_INT(utf8_run(rows[i].text.at, rows[i].text.at + rows[i].text.len), rows[i].run);
}

TEST(escapes)
{
    static const struct {
        const char *text;
        size_t length;
    } rows[] = {
        {"\\n", 2},
        {"\\\"", 2},
        {"\\x", 0},
        {"\\", 0},
        {"\\u0041", 6},
        {"\\u004", 0},
        {"\\u00 1", 0},
        {"\\uABCD\\n", 6},
        {"\\ud83d\\ude00", 12},
        {"\\ud83d", 0},
        {"\\ud83d\\ud83d", 0},
        {"\\ude00", 0},
        {"\\ud83d\\n0000", 0},
        {"\\U0041", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_INT(escape_length(rows[i].text, rows[i].text + strlen(rows[i].text)), rows[i].length);
}

TEST(numbers)
{
    char digits[400];
    double number;

    CHECK(value_number(value_of("-12.5e1"), &number) && number == -125);
    CHECK(value_number(value_of("0.1"), &number) && number == 0.1);
    CHECK(value_number(value_of("1e-400"), &number) && number == 0);
    CHECK(value_number(value_of("18446744073709551616"), &number) && number == 0x1p64);
    CHECK(!value_number(value_of("1e400"), &number));
    CHECK(!value_number(value_of("\"1\""), &number));
    CHECK(!value_number(value_of("true"), &number));
    memset(digits, '1', sizeof digits);
    digits[300] = '\0';
    CHECK(value_number(value_of(digits), &number) && number > 1.1e299 && number < 1.2e299);
    digits[300] = '1';
    digits[399] = '\0';
    CHECK(!value_number(value_of(digits), &number));
}

/* What Python's repr gives, where that has a '.0' for whole numbers. */
TEST(numbers_written)
{
    static const struct {
        double number;
        const char *text;
    } rows[] = {
        {0, "0"},
        {-0.0, "-0"},
        {-1, "-1"},
        {0.1, "0.1"},
        {-0.25, "-0.25"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {0.0001, "0.0001"},
        {0.00012345, "0.00012345"},
        {0x1p-13, "0.0001220703125"},
        {0.00001, "1e-05"},
        {5e-5, "5e-05"},
        {-1.25e-7, "-1.25e-07"},
        {123456.789, "123456.789"},
        {4503599627370495.5, "4503599627370495.5"},
        {9999999999999998, "9999999999999998"},
        {1e16, "1e+16"},
        {123456789012345680, "1.2345678901234568e+17"},
        {1e23, "1e+23"},
        {0x1p-24, "5.960464477539063e-08"},
        {-0x1p-44, "-5.684341886080802e-14"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
    };
    struct buffer out = {0};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        out.len = 0;
        number_write(&out, rows[i].number);
        buffer_byte(&out, '\0');
        CHECK_TEXT(out.at, rows[i].text);
    }
    buffer_release(&out);
}

int main(void)
{
    RUN(meanings);
    RUN(texts_without_escapes_are_not_copied);
    RUN(quoting);
    RUN(round_trips);
    RUN(runs_of_utf8);
    RUN(escapes);
    RUN(numbers);
    RUN(numbers_written);
    scan_release(&scan);
    return check_end();
}
