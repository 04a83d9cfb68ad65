#include "unicode/utf8.h"

#include "check.h"

static const struct {
    const char *text;
    int fault;           /* -1: none */
    unsigned unfinished; /* bytes at the end */
    const char *repaired;
} cases[] = {
    {"", -1, 0, ""},
    {"plain", -1, 0, "plain"},
    {"caf\xc3\xa9 \xe4\xbd\xa0 \xf0\x9f\x91\xa8", -1, 0,
     "caf\xc3\xa9 \xe4\xbd\xa0 \xf0\x9f\x91\xa8"},
    {"0123456789012345678901234567890123456789\x80", 40, 0,
     "0123456789012345678901234567890123456789\xef\xbf\xbd"},
    {"a\xff", 1, 0, "a\xef\xbf\xbd"},
    {"\xc0\xaf", 0, 0, "\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xe0\x80\x80", 0, 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xed\xa0\x80", 0, 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xf4\x90\x80\x80", 0, 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xf0\x8f\xbf\xbf", 0, 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xf5\x80\x80\x80", 0, 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"a\xc3", 1, 1, "a\xef\xbf\xbd"},
    {"\xe4\xbd", 0, 2, "\xef\xbf\xbd"},
    {"\xf0\x9f\x91", 0, 3, "\xef\xbf\xbd"},
    {"\xf0\x9f\x91z\xc2", 0, 1, "\xef\xbf\xbdz\xef\xbf\xbd"},
    {"\xe2\x82z", 0, 0, "\xef\xbf\xbdz"},
    {"\x80\x80", 0, 0, "\xef\xbf\xbd\xef\xbf\xbd"},
};

TEST(faults_and_repairs)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text = text_of(cases[i].text);
        const char *fault = utf8_fault(text);
        struct buffer out = {0};

        CHECK_INT(fault ? fault - text.at : -1, cases[i].fault);
        CHECK_INT(utf8_unfinished(text), cases[i].unfinished);
        utf8_repair(&out, text);
        buffer_byte(&out, '\0');
        CHECK_TEXT(out.at, cases[i].repaired);
        buffer_release(&out);
    }
}

TEST(code_points_there_and_back)
{
    static const uint32_t codes[] = {0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct buffer out = {0};
        unsigned len;

        buffer_byte(&out, 'x');
        utf8_put(&out, codes[i]);
        CHECK_INT(utf8_code(out.at + 1, &len), codes[i]);
        CHECK_INT(len, out.len - 1);
        CHECK_INT(utf8_length((unsigned char)out.at[1]), len);
        CHECK(utf8_before(out.at + out.len) == out.at + 1);
        CHECK(!utf8_fault((struct text){out.at, out.len}));
        buffer_release(&out);
    }
}

TEST(ascii_ends_anywhere)
{
    char text[80];

    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = '\xc3';
        CHECK(utf8_skip_ascii(text, text + sizeof text) == text + i);
        CHECK(utf8_skip_ascii(text, text + i) == text + i);
        text[i] = 'a';
    }
}

int main(void)
{
    RUN(faults_and_repairs);
    RUN(code_points_there_and_back);
    RUN(ascii_ends_anywhere);
    return check_end();
}
