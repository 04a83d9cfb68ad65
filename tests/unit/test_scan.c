/* The JSON scanner: what it takes and refuses, where it points, which members it finds. */
#include "records/scan.h"

#include "check.h"
#include "core/memory.h"

#include <stdlib.h>

static const struct {
    const char *text;
    enum kind kind;
    size_t members;
} good[] = {
    {"null", KIND_NULL, 0},
    {"true", KIND_TRUE, 0},
    {"false", KIND_FALSE, 0},
    {"0", KIND_NUMBER, 0},
    {"-0", KIND_NUMBER, 0},
    {"-12.50e+3", KIND_NUMBER, 0},
    {"1E-7", KIND_NUMBER, 0},
    {"1e400", KIND_NUMBER, 0},
    {"123456789012345678901234567890", KIND_NUMBER, 0},
    {"\"\"", KIND_STRING, 0},
    {"\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"", KIND_STRING, 0},
    {"\"\\ud83d\\ude00\"", KIND_STRING, 0},
    {"\"\\uD83D\\uDE00\"", KIND_STRING, 0},
    {"\"\\u0000\"", KIND_STRING, 0},
    {"\"\x7f\xc2\x80\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
     KIND_STRING, 0},
    {"[]", KIND_ARRAY, 0},
    {"[ ]", KIND_ARRAY, 0},
    {"{}", KIND_OBJECT, 0},
    {" \t\r\n{ \t\r\n} \t\r\n", KIND_OBJECT, 0},
    {"[1,\"a\",null,{},[[]]]", KIND_ARRAY, 5},
    {"{\"a\":1,\"b\":[{\"a\":1}],\"\":{\"a\":{}}}", KIND_OBJECT, 3},
    {"{\"a\" : 1 , \"A\" : 2}", KIND_OBJECT, 2},
    {"[{\"a\":1},{\"a\":1}]", KIND_ARRAY, 2},
};

static const struct {
    const char *text;
    size_t column;
    const char *problem;
} bad[] = {
    {"", 1, "the text ends too early"},
    {"  ", 3, "the text ends too early"},
    {"[", 2, "the text ends too early"},
    {"[1", 3, "the text ends too early"},
    {"[1,", 4, "the text ends too early"},
    {"{\"a\"", 5, "the text ends too early"},
    {"{\"a\":", 6, "the text ends too early"},
    {"[1,]", 4, "no JSON value"},
    {"[,1]", 2, "no JSON value"},
    {"{,}", 2, "no key where one must stand"},
    {"{\"a\":1,}", 8, "no key where one must stand"},
    {"{a:1}", 2, "no key where one must stand"},
    {"{1:1}", 2, "no key where one must stand"},
    {"{\"a\" 1}", 6, "no ':' behind a key"},
    {"{\"a\":1 \"b\":2}", 8, "neither ',' nor '}'"},
    {"[1 2]", 4, "neither ',' nor ']'"},
    {"[1}", 3, "neither ',' nor ']'"},
    {"{\"a\":1]", 7, "neither ',' nor '}'"},
    {"]", 1, "no JSON value"},
    {"1 2", 3, "something behind the value"},
    {"{}{}", 3, "something behind the value"},
    {"null\v", 5, "something behind the value"},
    {"\f1", 1, "no JSON value"},
    {"\xc2\xa0"
     "1",
     1, "no JSON value"},
    {"\xef\xbb\xbf{}", 1, "no JSON value"},
    {"nul", 1, "a word that JSON does not have"},
    {"nulll", 5, "something behind the value"},
    {"TRUE", 1, "no JSON value"},
    {"NaN", 1, "no JSON value"},
    {"Infinity", 1, "no JSON value"},
    {"-Infinity", 2, "a malformed number"},
    {"-", 2, "a malformed number"},
    {"+1", 1, "no JSON value"},
    {".5", 1, "no JSON value"},
    {"1.", 3, "a malformed number"},
    {"1.e5", 3, "a malformed number"},
    {"1e", 3, "a malformed number"},
    {"1e+", 4, "a malformed number"},
    {"01", 1, "a number with a leading zero"},
    {"-012", 2, "a number with a leading zero"},
    {"0x10", 2, "something behind the value"},
    {"'a'", 1, "no JSON value"},
    {"[1,/* */2]", 4, "no JSON value"},
    {"\"a", 3, "the text ends inside a string"},
    {"\"a\\\"", 5, "the text ends inside a string"},
    {"\"\\", 2, "an escape that JSON does not have"},
    {"\"\\x41\"", 2, "an escape that JSON does not have"},
    {"\"\\u12g4\"", 2, "an escape that JSON does not have"},
    {"\"\\u123", 2, "an escape that JSON does not have"},
    {"\"ab\\ud83d\"", 4, "an escape that JSON does not have"},
    {"\"\\ud83d\\u0041\"", 2, "an escape that JSON does not have"},
    {"\"\\ud83dx\"", 2, "an escape that JSON does not have"},
    {"\"\\ude00\"", 2, "an escape that JSON does not have"},
    {"\"\\ude00\\ud83d\"", 2, "an escape that JSON does not have"},
    {"\"a\tb\"", 3, "a control character inside a string"},
    {"\"a\nb\"", 3, "a control character inside a string"},
    {"\"\x1f\"", 2, "a control character inside a string"},
    {"\"\x80\"", 2, "bytes that are not UTF-8"},
    {"\"\xff\"", 2, "bytes that are not UTF-8"},
    {"\"\xc0\xaf\"", 2, "bytes that are not UTF-8"},
    {"\"\xc1\xbf\"", 2, "bytes that are not UTF-8"},
    {"\"\xc3\"", 2, "bytes that are not UTF-8"},
    {"\"\xc3\xa9\xff\"", 4, "bytes that are not UTF-8"},
    {"\"\xe0\x9f\xbf\"", 2, "bytes that are not UTF-8"},
    {"\"\xe2\x82\"", 2, "bytes that are not UTF-8"},
    {"\"\xed\xa0\x80\"", 2, "bytes that are not UTF-8"},
    {"\"\xf0\x8f\xbf\xbf\"", 2, "bytes that are not UTF-8"},
    {"\"\xf4\x90\x80\x80\"", 2, "bytes that are not UTF-8"},
    {"\"\xf5\x80\x80\x80\"", 2, "bytes that are not UTF-8"},
    {"\"\xf0\x9f\x98\"", 2, "bytes that are not UTF-8"},
    {"{\"a\":1,\"a\":2}", 13, "an object with the same key twice"},
    {"{\"a\":1,\"\\u0061\":2}", 18, "an object with the same key twice"},
    {"{\"\\n\":1,\"\\u000a\":2}", 19, "an object with the same key twice"},
    {"{\"\xc3\xa9\":1,\"\\u00e9\":2}", 19, "an object with the same key twice"},
    {"[{\"x\":{\"\":1,\"\":1}}]", 17, "an object with the same key twice"},
    {"{\"a\\u0000\":1}", 11, "a key with a NUL in it"},
};

/* The text in a block of exactly its size, so that a sanitizer sees a read past its end. */
static bool scans(struct scan *scan, const char *text, size_t len)
{
    char *exact = malloc(len ? len : 1);
    bool done;

    memcpy(exact, text, len);
    done = scan_json(scan, exact, len);
    free(exact);
    return done;
}

TEST(good_texts)
{
    struct scan scan = {0};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        bool done = scans(&scan, good[i].text, strlen(good[i].text));

        check_claim(done && scan.root.kind == good[i].kind && scan.count == good[i].members,
                    __FILE__, __LINE__, "%s: %s", good[i].text, done ? "another" : scan.problem);
    }
    scan_release(&scan);
}

TEST(bad_texts)
{
    struct scan scan = {0};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bool done = scans(&scan, bad[i].text, strlen(bad[i].text));

        check_claim(!done, __FILE__, __LINE__, "'%s' is taken", bad[i].text);
        if (done) continue;
        check_claim(scan.column == bad[i].column && strcmp(scan.problem, bad[i].problem) == 0,
                    __FILE__, __LINE__, "'%s': column %zu: %s", bad[i].text, scan.column,
                    scan.problem);
    }
    scan_release(&scan);
}

TEST(nul_bytes_are_no_ends)
{
    struct scan scan = {0};

    CHECK(!scans(&scan, "1\0", 2));
    CHECK_INT(scan.column, 2);
    CHECK(!scans(&scan, "\"a\0b\"", 5));
    CHECK_TEXT(scan.problem, "a control character inside a string");
    CHECK(!scans(&scan, "\"\\\0\"", 4));
    CHECK(!scans(&scan, "[1,\0]", 5));
    CHECK(!scans(&scan, "\0", 1));
    scan_release(&scan);
}

/* Every beginning of a good text is bad, unless it is a good text itself. */
TEST(beginnings_are_bad)
{
    const char *text = "{\"a\\u00e9\xc3\xa9\":[1.5e2,true,null,\"\\ud83d\\ude00\"],\"b\":{}}";
    struct scan scan = {0};

    for (size_t len = 0; len < strlen(text); len++) CHECK(!scans(&scan, text, len));
    CHECK(scans(&scan, text, strlen(text)));
    scan_release(&scan);
}

TEST(ended_tells_a_cut_between_tokens)
{
    static const char *const open[] = {
        "", "{", "{ \"a\"", "{\"a\":", "{\"a\":1", "{\"a\":[1,", "[{}"};
    static const char *const broken[] = {"{\"a", "{\"a\":tru", "{\"a\":1}}", "[1 2", "[01"};
    struct scan scan = {0};

    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        check_claim(!scans(&scan, open[i], strlen(open[i])) && scan.ended, __FILE__, __LINE__,
                    "'%s' only ends", open[i]);
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        check_claim(!scans(&scan, broken[i], strlen(broken[i])) && !scan.ended, __FILE__, __LINE__,
                    "'%s' is broken", broken[i]);
    scan_release(&scan);
}

static bool scans_nested(struct scan *scan, size_t depth, char open, char close)
{
    struct buffer text = {0};
    bool done;

    for (size_t i = 0; i < depth; i++) {
        if (i && open == '{') buffer_text(&text, "\"k\":");
        buffer_byte(&text, open);
    }
    for (size_t i = 0; i < depth; i++) buffer_byte(&text, close);
    done = scans(scan, text.at, text.len);
    buffer_release(&text);
    return done;
}

TEST(depth_ends_at_64)
{
    struct scan scan = {0};

    CHECK(scans_nested(&scan, 64, '[', ']'));
    CHECK(scans_nested(&scan, 64, '{', '}'));
    CHECK(!scans_nested(&scan, 65, '[', ']'));
    CHECK_INT(scan.column, 65);
    CHECK_TEXT(scan.problem, "more than 64 levels deep");
    CHECK(!scans_nested(&scan, 65, '{', '}'));
    CHECK(!scans_nested(&scan, 1000000, '[', ']'));
    scan_release(&scan);
}

static void check_span(const struct value *value, const char *text, enum kind kind)
{
    check_claim(value->len == strlen(text) && memcmp(value->at, text, value->len) == 0, __FILE__,
                __LINE__, "got '%.*s', want '%s'", (int)value->len, value->at, text);
    CHECK_INT(value->kind, kind);
}

TEST(members_are_spans)
{
    const char *text = " { \"a\" : [1, {\"x\":2}] ,\"b\\n\": \"v\\t\" , \"c\":-1e5, \"d\":{ } } ";
    struct scan scan = {0};

    CHECK(scan_json(&scan, text, strlen(text)));
    CHECK_INT(scan.count, 4);
    check_span(&scan.root, "{ \"a\" : [1, {\"x\":2}] ,\"b\\n\": \"v\\t\" , \"c\":-1e5, \"d\":{ } }",
               KIND_OBJECT);
    check_span(&scan.members[0].key, "\"a\"", KIND_STRING);
    check_span(&scan.members[0].value, "[1, {\"x\":2}]", KIND_ARRAY);
    check_span(&scan.members[1].key, "\"b\\n\"", KIND_STRING);
    check_span(&scan.members[1].value, "\"v\\t\"", KIND_STRING);
    check_span(&scan.members[2].value, "-1e5", KIND_NUMBER);
    check_span(&scan.members[3].value, "{ }", KIND_OBJECT);
    CHECK(!scan.members[0].key.escaped && scan.members[1].key.escaped);
    CHECK(scan.members[1].value.escaped);
    CHECK(scan_member(&scan, "b\n") == &scan.members[1]);
    CHECK(scan_member(&scan, "x") == NULL && scan_member(&scan, "") == NULL);
    scan_release(&scan);
}

TEST(elements_have_no_keys)
{
    const char *text = "[ 1 ,[2],\"3\"]";
    struct scan scan = {0};

    CHECK(scan_json(&scan, text, strlen(text)));
    CHECK_INT(scan.count, 3);
    check_span(&scan.members[1].value, "[2]", KIND_ARRAY);
    for (size_t i = 0; i < scan.count; i++) CHECK_INT(scan.members[i].key.kind, KIND_ABSENT);
    CHECK(scan_member(&scan, "") == NULL);
    scan_release(&scan);
}

/* An object of count members whose last key is spelled like the one numbered twin. */
static bool scans_keys(struct scan *scan, size_t count, size_t twin, const char *format)
{
    struct buffer text = {0};
    bool done;

    buffer_byte(&text, '{');
    for (size_t i = 0; i < count; i++) buffer_format(&text, "\"key%zu\":%zu,", i, i);
    buffer_byte(&text, '"');
    buffer_format(&text, format, twin);
    buffer_text(&text, "\":0}");
    done = scans(scan, text.at, text.len);
    buffer_release(&text);
    return done;
}

TEST(keys_of_large_objects)
{
    struct scan scan = {0};

    for (size_t count = 1; count < 40; count++) {
        CHECK(scans_keys(&scan, count, count, "key%zu"));
        CHECK_INT(scan.count, count + 1);
        for (size_t twin = 0; twin < count; twin++) {
            CHECK(!scans_keys(&scan, count, twin, "key%zu"));
            CHECK(!scans_keys(&scan, count, twin, "k\\u0065y%zu"));
        }
    }
    CHECK(scans_keys(&scan, 10000, 10000, "key%zu"));
    CHECK(!scans_keys(&scan, 10000, 0, "\\u006bey%zu"));
    CHECK_TEXT(scan.problem, "an object with the same key twice");
    CHECK(!scans_keys(&scan, 10000, 9999, "key%zu"));
    scan_release(&scan);
}

TEST(kinds_have_names)
{
    CHECK_TEXT(kind_name(KIND_ABSENT), "missing");
    CHECK_TEXT(kind_name(KIND_NULL), "null");
    CHECK_TEXT(kind_name(KIND_TRUE), "true");
    CHECK_TEXT(kind_name(KIND_OBJECT), "an object");
}

int main(void)
{
    RUN(good_texts);
    RUN(bad_texts);
    RUN(nul_bytes_are_no_ends);
    RUN(beginnings_are_bad);
    RUN(ended_tells_a_cut_between_tokens);
    RUN(depth_ends_at_64);
    RUN(members_are_spans);
    RUN(elements_have_no_keys);
    RUN(keys_of_large_objects);
    RUN(kinds_have_names);
    return check_end();
}
