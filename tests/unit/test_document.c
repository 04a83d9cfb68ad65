/* Documents that hold many records: each kind, byte by byte through a pipe, cut at every place. */
#include "sources/document.h"

#include "check.h"
#include "records/scan.h"
#include "unit/files.h"

#include <fcntl.h>
#include <unistd.h>

#define A "{\"a\":1}"
#define B "{\"b\":\"x y\"}"

/* Reads fd, head being what was read before: the lines as 'number:line' with a bar between two, or
 * 'error: words'. */
static const char *read_fd(int fd, struct text head, enum part part)
{
    static struct buffer out;
    struct buffer start = {0};
    struct document document;
    struct line_block block = {0};
    struct err err;
    int got;

    out.len = 0;
    buffer_add(&start, head.at, head.len);
    document_open(&document, "doc", fd, &start, part);
    while ((got = document_next(&document, &block, &err)) == 1)
        for (size_t i = 0; i < block.count; i++) {
            const struct line *line = &block.lines[i];

            buffer_format(&out, "%s%d:", out.len ? "|" : "", (int)line->number);
            if (line->problem)
                buffer_format(&out, "! %s", line->problem);
            else
                buffer_add(&out, line->at, line->len);
        }
    if (got < 0) {
        out.len = 0;
        buffer_format(&out, "error: %s", err.text);
    }
    buffer_byte(&out, '\0');
    document_close(&document);
    line_block_release(&block);
    buffer_release(&start);
    return out.at;
}

static const char *read_part(const char *text, enum part part)
{
    const char *path = files_text("doc", text);

    return read_fd(open(path, O_RDONLY | O_CLOEXEC), TEXT(""), part);
}

static const char *read_text(const char *text)
{
    return read_part(text, PART_ALL);
}

TEST(arrays)
{
    CHECK_TEXT(read_text("[" A "," B "]"), "1:" A "|1:" B);
    CHECK_TEXT(read_text(" \r\n[\n" A " ,\n\n { \"b\" :\t\"x y\" } ]\n"), "3:" A "|5:" B);
    CHECK_TEXT(read_text("[]"), "");
    CHECK_TEXT(read_text(" [ \n ] \n"), "");
    CHECK_TEXT(read_text("[1, \"a\",[2 , 3],null]"), "1:1|1:\"a\"|1:[2,3]|1:null");
    CHECK_TEXT(read_text("[{\"a\":\"]}\\\"[\",\"b\":[{}]}]"), "1:{\"a\":\"]}\\\"[\",\"b\":[{}]}");
}

TEST(split_files)
{
    const char *text = "{\"version\": {\"train\": 1}, \"train\": [" A "," A "],\n \"note\": [1],\n"
                       "\"validation\": [" B "], \"other\": \"x\"}";

    CHECK_TEXT(read_part(text, PART_ALL), "1:" A "|1:" A "|3:" B);
    CHECK_TEXT(read_part(text, PART_TRAIN), "1:" A "|1:" A);
    CHECK_TEXT(read_part(text, PART_VALIDATION), "3:" B);
    CHECK_TEXT(read_part("{\"data\":[" A "]}", PART_TRAIN), "1:" A);
    CHECK_TEXT(read_part("{\"test\":[],\"dev\":[" B "]}", PART_VALIDATION), "1:" B);
    CHECK_TEXT(read_part("{\"train\":[]}", PART_VALIDATION), "");
}

TEST(names_of_parts)
{
    CHECK_INT(part_named(TEXT("train")), PART_TRAIN);
    CHECK_INT(part_named(TEXT("eval")), PART_VALIDATION);
    CHECK_INT(part_named(TEXT("pairs")), PART_ALL);
    CHECK_INT(part_named(TEXT("prompt")), -1);
    CHECK_INT(part_named(TEXT("trainx")), -1);
    CHECK_INT(part_named(TEXT("")), -1);
}

TEST(objects_over_several_lines)
{
    CHECK_TEXT(read_text("{\n  \"a\": 1\n}\n\n{\n  \"b\": \"x y\"\n}\n"), "1:" A "|5:" B);
    CHECK_TEXT(read_text("{ }" A B), "1:{}|1:" A "|1:" B);
    CHECK_TEXT(read_text("{\"train\": \"no list\", \"a\" : [ 1 , 2 ]}"),
               "1:{\"train\":\"no list\",\"a\":[1,2]}");
    CHECK_TEXT(read_text("{\"data\":{\"train\":[1]}}"), "1:{\"data\":{\"train\":[1]}}");
}

TEST(faults_are_named)
{
    static const char *const rows[][2] = {
        {"", "error: doc:1: the file ends in the middle of the document"},
        {"x", "error: doc:1: neither '{' nor '[' at the beginning"},
        {"[" A, "error: doc:1: the file ends in the middle of the document"},
        {"[" A ",\n]", "error: doc:2: a ',' before ']'"},
        {"[,]", "error: doc:1: no JSON value where one must stand"},
        {"[" A " " A "]", "error: doc:1: neither ',' nor ']' behind a record"},
        {"[" A "}", "error: doc:1: neither ',' nor ']' behind a record"},
        {"[" A "]\n" A, "error: doc:2: something stands behind the document"},
        {"[" A "],", "error: doc:1: something stands behind the document"},
        {"{\"train\":[]}\n{}", "error: doc:2: something stands behind the document"},
        {"{\"train\":[] \"x\":1}", "error: doc:1: neither ',' nor '}' behind a member"},
        {"{\"train\":[],}", "error: doc:1: no key where one must stand"},
        {"{a:1}", "error: doc:1: no key where one must stand"},
        {"{\"a\" 1}", "error: doc:1: no ':' behind a key"},
        {"{\"a\":}", "error: doc:1: no JSON value where one must stand"},
        {"{\"a\":1]", "error: doc:1: neither ',' nor '}' behind a member"},
        {A "," A, "error: doc:1: no JSON value where one must stand"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_claim(strcmp(read_text(rows[i][0]), rows[i][1]) == 0, __FILE__, __LINE__,
                    "%s: got '%s', want '%s'", rows[i][0], read_text(rows[i][0]), rows[i][1]);
}

static bool is_json(const char *text)
{
    struct scan scan = {0};
    bool good = scan_json(&scan, text, strlen(text));

    scan_release(&scan);
    return good;
}

/* White space goes, but what it kept apart must not become something else. */
TEST(white_space_is_no_glue)
{
    static const char *const inside[] = {"1 2",           "tr ue",       "nu\nll",  "- 1",
                                         "1 .5",          "\"a\" \"b\"", "1 \"a\"", "[1 2]",
                                         "{\"k\" \"v\"}", "true false"};

    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        char text[64];
        const char *got;

        snprintf(text, sizeof text, "[{\"a\":%s}]", inside[i]);
        got = read_text(text);
        check_claim(strncmp(got, "1:", 2) == 0 && !is_json(got + 2), __FILE__, __LINE__,
                    "%s became %s", text, got);
    }
}

static const char *read_bytes(const char *bytes, size_t len)
{
    const char *path = files_write("bytes", bytes, len);

    return read_fd(open(path, O_RDONLY | O_CLOEXEC), TEXT(""), PART_ALL);
}

TEST(nul_bytes_are_no_ends)
{
    static const char array[] = "[" A "]\0" A, between[] = "{\n\"a\":1}\n\0{\"b\":1}",
                      inside[] = "[" A "\0,{}]";

    CHECK_TEXT(read_bytes(array, sizeof array - 1),
               "error: doc:1: something stands behind the document");
    CHECK(!is_json(strchr(read_bytes(between, sizeof between - 1), '|') + 3));
    CHECK_TEXT(read_bytes(inside, sizeof inside - 1),
               "error: doc:1: neither ',' nor ']' behind a record");
}

/* One byte a read, and every cut between head and rest. */
TEST(bytes_may_come_one_by_one)
{
    static const char *const texts[] = {
        "[" A ", {\"b\":\"\\\"\\\\\xc3\xa9 [\"} ]\n",
        "{\"version\": 1, \"train\": [" A "], \"val\":[" B "," B "], \"z\": {}} ",
        "{\n\"a\": 1.5e3,\n\"b\": [true, null]\n}\n{\"c\": \"\\u0041\"}\n"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t len = strlen(texts[i]);
        char *want = mem_copy_text(read_text(texts[i]));

        CHECK(strncmp(want, "error", 5) != 0 && *want);
        CHECK_TEXT(read_fd(files_drip(texts[i], len), TEXT(""), PART_ALL), want);
        for (size_t head = 0; head <= len; head++) {
            const char *path = files_text("rest", texts[i] + head);
            int fd = open(path, O_RDONLY | O_CLOEXEC);

            CHECK_TEXT(read_fd(fd, (struct text){texts[i], head}, PART_ALL), want);
        }
        mem_free(want);
    }
}

TEST(a_cut_is_never_a_success)
{
    static const char *const texts[] = {"[" A ", " B "]", "{\n\"a\": [1, {\"b\": \"]\\\"\"}]\n}",
                                        "{\"version\": 1, \"train\": [" A "], \"val\":[" B "]}"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (size_t len = 0; len < strlen(texts[i]); len++) {
            const char *got = read_bytes(texts[i], len);

            check_claim(strncmp(got, "error: ", 7) == 0, __FILE__, __LINE__, "%.*s gives %s",
                        (int)len, texts[i], got);
        }
}

/* Reads a document of three records, the second far too long, as member or as string. */
static void check_long(const char *before, const char *after)
{
    struct buffer text = {0};
    const char *got;

    buffer_text(&text, before);
    buffer_reserve(&text, LINE_LIMIT + 100);
    memset(text.at + text.len, 'x', LINE_LIMIT + 10);
    text.len += LINE_LIMIT + 10;
    buffer_text(&text, after);
    got = read_bytes(text.at, text.len);
    CHECK(strstr(got, "! longer than 64 MiB") && strlen(got) < 100);
    buffer_release(&text);
}

TEST(records_beyond_the_limit)
{
    check_long("[1,{\"a\":\"", "\"},2]");
    check_long("[1,{\"a\":", "},2]");
    check_long("{\n\"a\":\"", "\"\n}\n{}\n");
    check_long("{\n\"", "\":1\n}\n{}\n");
}

int main(void)
{
    RUN(arrays);
    RUN(split_files);
    RUN(names_of_parts);
    RUN(objects_over_several_lines);
    RUN(faults_are_named);
    RUN(white_space_is_no_glue);
    RUN(nul_bytes_are_no_ends);
    RUN(bytes_may_come_one_by_one);
    RUN(a_cut_is_never_a_success);
    RUN(records_beyond_the_limit);
    return check_end();
}
