#include "review/verdicts.h"

#include "check.h"
#include "review/csv.h"

#define KEY "7-3f0c9a4be1d25577-90b1e6f2c4a83d10"
#define OTHER "8-3f0c9a4be1d25577-90b1e6f2c4a83d10"

static struct verdicts verdicts;
static struct err err;

/* False with the message in err. */
static bool read(const char *text, size_t len)
{
    verdicts = (struct verdicts){0};
    err.text[0] = '\0';
    buffer_add(&verdicts.text, text, len);
    return verdicts_take(&verdicts, "r", &err);
}

#define READ(literal) read((literal), sizeof(literal) - 1)

static void check_verdict(size_t i, const char *id, enum choice choice, const char *note)
{
    const struct verdict *verdict = &verdicts.items[i];

    if (!CHECK(i < verdicts.count)) return;
    CHECK(text_is(verdict->id, id));
    CHECK_INT(verdict->choice, choice);
    CHECK(text_is(verdict->note, note));
}

TEST(lines_of_a_sheet)
{
    CHECK(
        READ("{\"id\":\"a\\u0041\",\"choice\":\"1\",\"note\":\"so \\\"clear\\\"\\n\",\"key\":\"" KEY
             "\"}\n\n"
             "{\"id\":17,\"choice\":null,\"note\":\"why?\",\"key\":\"" KEY "\",\"took\":[1]}\r\n"
             "{\"key\":\"" KEY "\",\"choice\":\"tie\",\"id\":\"\xd8\xb3\"}"));
    CHECK_INT(verdicts.count, 3);
    check_verdict(0, "aA", CHOICE_FIRST, "so \"clear\"");
    check_verdict(1, "17", CHOICE_OPEN, "why?");
    check_verdict(2, "\xd8\xb3", CHOICE_TIE, "");
    CHECK(verdicts.keyed && verdicts.seed == 7);
    CHECK(verdicts.items[2].first == 0x3f0c9a4be1d25577 && verdicts.items[2].line == 4);
    CHECK(verdicts.items[2].second == 0x90b1e6f2c4a83d10);
    verdicts_close(&verdicts);
}

TEST(the_largest_seed)
{
    CHECK(READ("id,choice,key\na,1,18446744073709551615-3f0c9a4be1d25577-90b1e6f2c4a83d10\n"));
    CHECK(verdicts.seed == UINT64_MAX);
    verdicts_close(&verdicts);
}

TEST(tables)
{
    CHECK(READ("\xef\xbb\xbfID;prompt;Choice;note\r\n"
               "a;\"x;\ny\"\"z\";1;\r\n;;;\r\nb;;T;\"two\nlines\"\r\nc;;'=;'=x\r\nd\r\n"));
    CHECK_INT(verdicts.count, 4);
    check_verdict(0, "a", CHOICE_FIRST, "");
    check_verdict(1, "b", CHOICE_TIE, "two\nlines");
    check_verdict(2, "c", CHOICE_TIE, "'=x");
    check_verdict(3, "d", CHOICE_OPEN, "");
    CHECK_INT(verdicts.items[1].line, 5);
    CHECK_INT(verdicts.items[3].line, 8);
    CHECK(!verdicts.keyed);
    verdicts_close(&verdicts);
}

TEST(tables_without_names)
{
    CHECK(READ("a,1\nb,2,better\nc, tie ,\n"));
    CHECK_INT(verdicts.count, 3);
    check_verdict(1, "b", CHOICE_SECOND, "better");
    check_verdict(2, "c", CHOICE_TIE, "");
    verdicts_close(&verdicts);
    CHECK(READ("a\t1\tx,y"));
    check_verdict(0, "a", CHOICE_FIRST, "x,y");
    verdicts_close(&verdicts);
}

/* Keys and values between quotes of C: #s with ' for ". */
static void bad(const char *text, const char *want)
{
    struct buffer plain = {0};

    for (const char *at = text; *at; at++) buffer_byte(&plain, *at == '`' ? '"' : *at);
    CHECK(!read(plain.at ? plain.at : "", plain.len));
    CHECK_TEXT(err.text, want);
    verdicts_close(&verdicts);
    buffer_release(&plain);
}

TEST(bad_lines)
{
    bad("{`id`:`a`,`choice`:`1`", "r:1: not JSON at column 23: the text ends too early");
    bad("{`id`:`a`,`choice`:`1`}\n[1]\n", "r:2: not an object but an array");
    bad("{`id`:`a`,`choice`:`1`}\n7\n", "r:2: not an object but a number");
    bad("{`choice`:`1`}\n", "r:1: no 'id'");
    bad("{`id`:`  `,`choice`:`1`}\n", "r:1: no 'id'");
    bad("{`id`:null,`choice`:`1`}\n", "r:1: no 'id'");
    bad("{`id`:[`a`],`choice`:`1`}\n", "r:1: 'id' is an array");
    bad("{`id`:`a`,`choice`:true}\n", "r:1: 'choice' is true");
    bad("{`id`:`a`,`choice`:{}}\n", "r:1: 'choice' is an object");
    bad("{`id`:`a`,`choice`:`1`,`note`:[]}\n", "r:1: 'note' is an array");
    bad("{`id`:`a`,`choice`:3}\n", "r:1: the choice is '3', not 1, 2 or tie");
    bad("{`id`:`a`,`choice`:1.0}\n", "r:1: the choice is '1.0', not 1, 2 or tie");
    bad("{`id`:`a`,`choice`:`A`}\n", "r:1: the choice is 'A', not 1, 2 or tie");
    bad("{`id`:`a`,`id`:`b`,`choice`:`1`}\n",
        "r:1: not JSON at column 32: an object with the same key twice");
}

TEST(bad_keys)
{
    bad("{`id`:`a`,`choice`:1,`key`:`7`}\n", "r:1: '7' is no key of a sheet");
    bad("{`id`:`a`,`choice`:1,`key`:`-3f0c9a4be1d25577-90b1e6f2c4a83d10`}\n",
        "r:1: '-3f0c9a4be1d25577-90b1e6f2c4a83d10' is no key of a sheet");
    bad("{`id`:`a`,`choice`:1,`key`:`7-3F0c9a4be1d25577-90b1e6f2c4a83d10`}\n",
        "r:1: '7-3F0c9a4be1d25577-90b1e6f2c4a83d10' is no key of a sheet");
    bad("{`id`:`a`,`choice`:1,`key`:`18446744073709551616-3f0c9a4be1d25577-90b1e6f2c4a83d10`}\n",
        "r:1: '18446744073709551616-3f0c9a4be1d25577-90b1e6f2c4a83d10' is no key of a sheet");
    bad("{`id`:`a`,`choice`:1,`key`:7}\n", "r:1: '7' is no key of a sheet");
    bad("{`id`:`a`,`choice`:1,`key`:`" KEY "`}\n{`id`:`b`,`choice`:1,`key`:`" OTHER "`}\n",
        "r:2: of another sheet: its seed is 8, that of the lines before 7");
    bad("{`id`:`a`,`choice`:1,`key`:`" KEY "`}\n{`id`:`b`,`choice`:1}\n",
        "r:2: no key, which the lines before have");
    bad("id,choice,key\na,1,\nb,1," KEY "\n", "r:3: a key, which the lines before do not have");
}

TEST(bad_tables)
{
    bad("id,choice\na,3\n", "r:2: the choice is '3', not 1, 2 or tie");
    bad("id,choice\n,1\n", "r:2: no 'id'");
    bad("id,choice,note\na,1,`open\nb,2,\n", "r:2: a quote is opened and never closed");
    bad("id,choice,note\na,1,`x`y\n", "r:2: text behind a closing quote: a quote within a cell "
                                      "is doubled");
    bad("id,choice,ID\na,1,b\n", "r:1: two columns 'id'");
    bad("name,verdict\na,1\n",
        "r:1: neither JSON nor a table with the columns id, choice and note");
    bad("a\nb\n", "r:1: neither JSON nor a table with the columns id, choice and note");
    bad("a,1,x,y\n", "r:1: neither JSON nor a table with the columns id, choice and note");
    bad("id,choice\na,1\n,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", "r:3: more than 32 cells");
    bad("id,choice\na,\nb,\n", "r: no choice was made in it");
    bad("id,choice\n", "r: no choice was made in it");
}

TEST(no_verdicts_at_all)
{
    bad("", "r: nothing in it");
    bad(" \r\n\t\n", "r: nothing in it");
    bad("\xef\xbb\xbf", "r: nothing in it");
    bad("PK\x03\x04...", "r: is a workbook or an archive: save the table as CSV");
    bad("\x1f\x8b\x08", "r: is gzip data: unpack it first, as in 'zcat FILE | ...'");
    bad("<!DOCTYPE html>\n", "r: is the sheet itself: open it in a browser, choose, and save");
    bad("id,choice,note\na,1,caf\xe9\n", "r:2: not UTF-8: save the table as UTF-8");
    bad("{`id`:`a`,`choice`:`1`,`note`:`\xff`}\n", "r:1: not UTF-8: save the table as UTF-8");
    CHECK(!READ("id,choice\na,1\nb\0,2\n"));
    CHECK_TEXT(err.text, "r:3: not UTF-8: save the table as UTF-8");
    verdicts_close(&verdicts);
    CHECK(!verdicts_open(&verdicts, "no/such/file", &err));
    CHECK_TEXT(err.text, "no/such/file: No such file or directory");
}

/* What is long is shown in part. */
TEST(long_choices)
{
    struct buffer text = {0};

    buffer_text(&text, "a,1\nb,");
    for (int i = 0; i < 1000; i++) buffer_byte(&text, 'x');
    CHECK(!read(text.at, text.len));
    CHECK(strlen(err.text) < 120 && strstr(err.text, "xxxx', not 1, 2 or tie"));
    verdicts_close(&verdicts);
    buffer_release(&text);
}

/* A cell comes back as it was, and no spreadsheet takes it for a formula. */
TEST(cells_there_and_back)
{
    static const char *const cells[] = {"plain", "a,b;c\td", "say \"so\"", "two\r\nlines",
                                        "=1+1",  "+1",       "-1",         "@x",
                                        "'=x",   "'",        "",           "\ttab"};
    struct buffer text = {0}, words = {0};
    struct csv csv;
    struct csv_row row;

    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        text.len = words.len = 0;
        csv_add(&text, text_of(cells[i]));
        buffer_text(&text, ",\"end\"\r\n");
        csv_begin(&csv, (struct text){text.at, text.len}, &words);
        CHECK_INT(csv_next(&csv, &row, &err), 1);
        CHECK_INT(row.count, 2);
        CHECK(!row.cells[0].len || !strchr("=+-@\t", row.cells[0].at[0]));
        if (strcmp(cells[i], "'=x") != 0) CHECK(text_is(csv_plain(row.cells[0]), cells[i]));
        CHECK_INT(csv_next(&csv, &row, &err), 0);
    }
    buffer_release(&text);
    buffer_release(&words);
}

int main(void)
{
    RUN(lines_of_a_sheet);
    RUN(the_largest_seed);
    RUN(tables);
    RUN(tables_without_names);
    RUN(bad_lines);
    RUN(bad_keys);
    RUN(bad_tables);
    RUN(no_verdicts_at_all);
    RUN(long_choices);
    RUN(cells_there_and_back);
    return check_end();
}
