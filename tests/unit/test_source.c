/* What a file is shows in its content: each kind by name, mixed in one run, from its first
 * bytes. */
#include "sources/source.h"

#include "check.h"
#include "unit/files.h"

#include <sqlite3.h>

#define A "{\"a\":1}"
#define B "{\"b\":2}"

/* All records as 'file.line:text', a bar behind each, or 'error: words'. */
static const char *read_paths(const char *const *paths)
{
    static struct buffer out;
    struct source source = {.paths = (char **)paths, .part = PART_ALL};
    struct line_block block = {0};
    struct err err;
    int got;

    out.len = 0;
    while ((got = source_next(&source, &block, &err)) == 1)
        for (size_t i = 0; i < block.count; i++)
            buffer_format(&out, "%zu.%d:%.*s|", block.file, (int)block.lines[i].number,
                          (int)block.lines[i].len, block.lines[i].at);
    if (got < 0) buffer_format(&out, "error: %s", strrchr(err.text, '/') + 1);
    if (source.bom) buffer_text(&out, "bom");
    buffer_byte(&out, '\0');
    source_close(&source);
    line_block_release(&block);
    return out.at;
}

static const char *read_text(const char *text)
{
    const char *paths[] = {files_text("f", text), NULL};

    return read_paths(paths);
}

TEST(kinds)
{
    CHECK_TEXT(read_text(A "\n" B "\n"), "0.1:" A "|0.2:" B "|");
    CHECK_TEXT(read_text("\n\n" A), "0.3:" A "|");
    CHECK_TEXT(read_text("[" A ",\n" B "]"), "0.1:" A "|0.2:" B "|");
    CHECK_TEXT(read_text(" \n[\n]"), "");
    CHECK_TEXT(read_text("{\"train\":[" A "],\"validation\":[" B "]}"), "0.1:" A "|0.1:" B "|");
    CHECK_TEXT(read_text("{\n\"train\":[" A "]}\n"), "0.2:" A "|");
    CHECK_TEXT(read_text("{\n\"a\"\n:1}\n" B), "0.1:" A "|0.4:" B "|");
    CHECK_TEXT(read_text(""), "");
    CHECK_TEXT(read_text("\n"), "");
    CHECK_TEXT(read_text("{\"_end\":0}\n"), "0.1:{\"_end\":0}|");
}

TEST(lines_that_look_like_documents)
{
    const char *list = "{\"chosen\":\"c\",\"data\":[1,2]}";
    char text[100], want[100];

    snprintf(text, sizeof text, "%s\n%s\n", list, list);
    snprintf(want, sizeof want, "0.1:%s|0.2:%s|", list, list);
    CHECK_TEXT(read_text(text), want);
    CHECK_TEXT(read_text("{\"a\":tru}\n" A), "0.1:{\"a\":tru}|0.2:" A "|");
    CHECK_TEXT(read_text("{\"a\"]\n" A), "0.1:{\"a\"]|0.2:" A "|");
}

TEST(byte_order_marks)
{
    CHECK_TEXT(read_text("\xef\xbb\xbf" A "\n"), "0.1:" A "|bom");
    CHECK_TEXT(read_text("\xef\xbb\xbf[" A "]\n"), "0.1:" A "|bom");
    CHECK_TEXT(read_text("\xef\xbb\xbf{\n\"a\":1}\n"), "0.1:" A "|bom");
}

TEST(refused_files)
{
    CHECK_TEXT(read_text("PK\x03\x04"), "error: f: is a zip archive: unpack it first");
    CHECK_TEXT(read_text("[" A), "error: f:1: the file ends in the middle of the document");
}

TEST(many_kinds_in_one_run)
{
    const char *database = files_path("debates.db");
    const char *paths[] = {files_text("1", A "\n"),        database,
                           files_text("2", "[" B "]"),     files_text("3", ""),
                           files_text("4", "{\n\"a\":1}"), NULL};
    sqlite3 *db;

    CHECK_INT(sqlite3_open(database, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db,
                           "CREATE TABLE debates(id, status);"
                           "CREATE TABLE training_pairs(debate_id, prompt, chosen, rejected);"
                           "INSERT INTO debates VALUES(1,'completed');"
                           "INSERT INTO training_pairs VALUES(1,'p','c','r');",
                           NULL, NULL, NULL),
              SQLITE_OK);
    sqlite3_close(db);
    CHECK_TEXT(read_paths(paths),
               "0.1:" A
               "|1.1:{\"debate_id\":1,\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\","
               "\"source\":\"debate:1\"}|2.1:" B "|4.1:" A "|");
}

int main(void)
{
    RUN(kinds);
    RUN(lines_that_look_like_documents);
    RUN(byte_order_marks);
    RUN(refused_files);
    RUN(many_kinds_in_one_run);
    return check_end();
}
