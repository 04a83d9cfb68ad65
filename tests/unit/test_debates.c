/* Databases of debates, made here row by row: what comes out of good, odd and damaged ones. */
#include "sources/debates.h"

#include "check.h"
#include "unit/files.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA                                                                                     \
    "CREATE TABLE debates(id TEXT PRIMARY KEY, topic TEXT, status TEXT);"                          \
    "CREATE TABLE training_pairs(id TEXT PRIMARY KEY, debate_id TEXT, prompt, chosen, rejected,"   \
    " consensus_strength REAL);"
#define DEBATE "INSERT INTO debates VALUES('d1','loans','completed');"
#define PAIR(values) "INSERT INTO training_pairs VALUES(" values ");"

static const char *make(const char *name, const char *sql)
{
    const char *path = files_path(name);
    sqlite3 *db;

    if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db, sql, NULL, NULL, NULL))
        check_claim(false, __FILE__, __LINE__, "%s: %s", name, sqlite3_errmsg(db));
    sqlite3_close(db);
    return path;
}

/* Every line, a newline behind each; a bad row as 'ROW! words'; an error as 'error: words'. The
 * folder is cut off from the words. */
static char *read_all(const char *path, const char *query, bool immutable)
{
    static struct buffer out;
    struct line_block block = {0};
    struct debates debates;
    struct err err;
    int got = -1;

    out.len = 0;
    if (debates_open(&debates, path, query, immutable, &err)) {
        while ((got = debates_next(&debates, &block, &err)) == 1)
            for (size_t i = 0; i < block.count; i++) {
                const struct line *line = &block.lines[i];

                if (line->problem)
                    buffer_format(&out, "%d! %s\n", (int)line->number, line->problem);
                else
                    buffer_format(&out, "%.*s\n", (int)line->len, line->at);
            }
        line_block_release(&block);
        debates_close(&debates);
    }
    if (got < 0) {
        const char *name = strstr(err.text, ".db");

        while (name && name > err.text && name[-1] != '/') name--;
        buffer_format(&out, "error: %s", name ? name : err.text);
    }
    buffer_byte(&out, '\0');
    return out.at;
}

TEST(completed_debates_only)
{
    const char *path = make(
        "states.db", SCHEMA DEBATE
        "INSERT INTO debates VALUES('d2','x','active');"
        "INSERT INTO debates VALUES('d3','x','abandoned');"
        "INSERT INTO debates VALUES('d4',NULL,'completed');" PAIR("'p2','d1','q','c','r',0.8")
            PAIR("'p1','d1','q2','c'"
                 ",'r',NULL") PAIR("'p3','d2','q','c','r',1.0") PAIR("'p4','d3','q','c','r',1.0")
                PAIR("'p5','d4','q','c','r',0.7") PAIR("'p6','gone','q','c','r'"
                                                       ",1.0"));

    CHECK_TEXT(read_all(path, NULL, false),
               "{\"id\":\"p2\",\"debate_id\":\"d1\",\"prompt\":\"q\",\"chosen\":\"c\","
               "\"rejected\":\"r\",\"consensus_strength\":0.8,\"topic\":\"loans\","
               "\"source\":\"debate:d1\"}\n"
               "{\"id\":\"p1\",\"debate_id\":\"d1\",\"prompt\":\"q2\",\"chosen\":\"c\","
               "\"rejected\":\"r\",\"topic\":\"loans\",\"source\":\"debate:d1\"}\n"
               "{\"id\":\"p5\",\"debate_id\":\"d4\",\"prompt\":\"q\",\"chosen\":\"c\","
               "\"rejected\":\"r\",\"consensus_strength\":0.7,\"source\":\"debate:d4\"}\n");
}

TEST(values_of_all_kinds)
{
    const char *path = make(
        "values.db",
        "CREATE TABLE t(v); INSERT INTO t VALUES(1),(-9223372036854775808),(0.1),(1e300),(2.0),"
        "('a\"b' || char(10) || char(233) || char(128512)),(''),(NULL),(x'00ff'),"
        "(CAST(x'61ff' AS TEXT)),(9e999),('a' || char(0) || 'b');");

    CHECK_TEXT(read_all(path, "SELECT v FROM t", false),
               "{\"v\":1}\n{\"v\":-9223372036854775808}\n{\"v\":0.1}\n"
               "{\"v\":1e+300}\n{\"v\":2}\n"
               "{\"v\":\"a\\\"b\\n\xc3\xa9\xf0\x9f\x98\x80\"}\n{\"v\":\"\"}\n{}\n"
               "9! column 'v' holds a blob\n10! column 'v' holds bytes that are not UTF-8\n"
               "11! column 'v' holds an infinite number\n{\"v\":\"a\\u0000b\"}\n");
}

TEST(other_schemas)
{
    const char *path = make("other.db", "CREATE TABLE prefs(ask, good, bad);"
                                        "INSERT INTO prefs VALUES('q','g','b');"
                                        "CREATE VIEW v AS SELECT * FROM prefs;");

    CHECK_TEXT(read_all(path, NULL, false),
               "error: other.db: no column 'id' in a table 'debates': name the rows with --query");
    CHECK_TEXT(
        read_all(path, "SELECT ask AS prompt, good AS chosen, bad AS rejected FROM prefs;", false),
        "{\"prompt\":\"q\",\"chosen\":\"g\",\"rejected\":\"b\"}\n");
    CHECK_TEXT(read_all(path, "SELECT * FROM v", false),
               "error: other.db: the query fails: access to view \"v\" prohibited");
    CHECK_TEXT(read_all(path, "SELECT 1; SELECT 2", false),
               "error: other.db: the query must be exactly one statement");
    CHECK_TEXT(read_all(path, "", false),
               "error: other.db: the query must be exactly one statement");
    CHECK_TEXT(read_all(path, "SELEC 1", false),
               "error: other.db: the query fails: near \"SELEC\": syntax error");
}

TEST(nothing_is_written)
{
    const char *path = make("written.db", SCHEMA DEBATE);
    char *before, *after;
    size_t size, size_after;

    before = files_read(path, &size);
    CHECK_TEXT(read_all(path, "DELETE FROM debates", false),
               "error: written.db: the query must be a SELECT");
    CHECK_TEXT(read_all(path, "DELETE FROM debates RETURNING id", false),
               "error: written.db: the query must be a SELECT");
    CHECK(strstr(read_all(path, "ATTACH 'x' AS y", false), "error: "));
    CHECK(strstr(read_all(path, "PRAGMA journal_mode=wal", false), "error: "));
    after = files_read(path, &size_after);
    CHECK(size == size_after && memcmp(before, after, size) == 0);
    mem_free(before);
    mem_free(after);
}

/* A table that already says where its pairs are from, and one that has topics of its own. */
TEST(columns_that_we_would_add)
{
    const char *path =
        make("columns.db", "CREATE TABLE debates(id, status, topic);"
                           "CREATE TABLE training_pairs(debate_id, prompt, chosen, rejected,"
                           " topic, source);"
                           "INSERT INTO debates VALUES(7,'completed','a');"
                           "INSERT INTO training_pairs VALUES(7,'p','c','r','b','s');");

    CHECK_TEXT(read_all(path, NULL, false),
               "{\"debate_id\":7,\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\","
               "\"topic\":\"b\",\"source\":\"s\"}\n");
}

TEST(tables_without_rowid)
{
    const char *path = make(
        "norowid.db", "CREATE TABLE debates(id INTEGER PRIMARY KEY, status);"
                      "CREATE TABLE training_pairs(debate_id INTEGER PRIMARY KEY, prompt, chosen,"
                      " rejected) WITHOUT ROWID;"
                      "INSERT INTO debates VALUES(2,'completed'),(1,'completed');"
                      "INSERT INTO training_pairs VALUES(2,'p','c','r'),(1,'q','c','r');");

    CHECK_TEXT(read_all(path, NULL, false),
               "{\"debate_id\":1,\"prompt\":\"q\",\"chosen\":\"c\",\"rejected\":\"r\","
               "\"source\":\"debate:1\"}\n"
               "{\"debate_id\":2,\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\","
               "\"source\":\"debate:2\"}\n");
}

TEST(no_databases)
{
    static const char rubbish[] = "SQLite format 3\0 and then something else altogether, so long "
                                  "that it looks like a header of one hundred bytes at least...";
    const char *empty = files_write("empty.db", "", 0);

    CHECK_TEXT(read_all(files_path("absent.db"), NULL, false),
               "error: absent.db: cannot be opened: unable to open database file; if nothing "
               "writes to it, --immutable reads it as it is");
    CHECK_TEXT(read_all(empty, NULL, false),
               "error: empty.db: no column 'id' in a table 'debates': name the rows with --query");
    CHECK(strstr(read_all(files_write("bad.db", rubbish, sizeof rubbish), NULL, false),
                 "file is not a database"));
    CHECK(strstr(read_all("/tmp", NULL, false), "error: "));
}

TEST(names_that_mean_something_in_a_uri)
{
    const char *path = make("a?b#c%41.db", SCHEMA DEBATE PAIR("1,'d1','q','c','r',1"));
    char twice[300];

    CHECK(strncmp(read_all(path, NULL, false), "{\"id\":\"1\"", 9) == 0);
    snprintf(twice, sizeof twice, "/%s", path);
    CHECK(strncmp(read_all(twice, NULL, false), "{\"id\":\"1\"", 9) == 0);
}

/* 3000 rows over many pages. */
static const char *make_large(const char *name)
{
    return make(name, SCHEMA DEBATE
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000)"
                "INSERT INTO training_pairs SELECT 'p'||i,'d1',hex(randomblob(200)),'c','r',0.9 "
                "FROM n;");
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    for (; *text; text++) lines += *text == '\n';
    return lines;
}

TEST(many_blocks)
{
    const char *all = read_all(make_large("large.db"), NULL, false);

    CHECK_INT(count_lines(all), 3000);
    CHECK(strncmp(all, "{\"id\":\"p1\",", 11) == 0 && strstr(all, "\n{\"id\":\"p3000\","));
}

/* Reading may begin, but it must not end as if all were well. */
TEST(damage_is_an_error)
{
    const char *path = make_large("damaged.db");
    size_t size;
    char *bytes = files_read(path, &size);
    struct buffer copy = {0};

    for (size_t at = 40; at < size / 4096; at += 25) {
        copy.len = 0;
        buffer_add(&copy, bytes, size);
        memset(copy.at + at * 4096, 0xa5, 4096);
        files_write("hit.db", copy.at, copy.len);
        check_claim(strstr(read_all(files_path("hit.db"), NULL, false), "error: hit.db"), __FILE__,
                    __LINE__, "page %zu", at);
    }
    for (size_t part = 1; part < 8; part++) {
        const char *half = files_write("half.db", bytes, size * part / 8);

        CHECK(strstr(read_all(half, NULL, false), "error: half.db"));
    }
    buffer_release(&copy);
    mem_free(bytes);
}

TEST(logs_beside_the_file)
{
    const char *path = files_path("wal.db");
    sqlite3 *writer;

    CHECK_INT(sqlite3_open(path, &writer), SQLITE_OK);
    CHECK_INT(sqlite3_exec(writer,
                           "PRAGMA journal_mode=wal;" SCHEMA DEBATE PAIR("1,'d1','q','c',"
                                                                         "'r',1"),
                           NULL, NULL, NULL),
              SQLITE_OK);
    CHECK_INT(count_lines(read_all(path, NULL, false)), 1); /* the row stands in the log only */
    sqlite3_close(writer);
    CHECK_INT(count_lines(read_all(path, NULL, false)), 1);
    CHECK_INT(count_lines(read_all(path, NULL, true)), 1);
}

TEST(locked_by_a_writer)
{
    const char *path = make("locked.db", SCHEMA DEBATE PAIR("1,'d1','q','c','r',1"));
    sqlite3 *writer;

    CHECK_INT(sqlite3_open(path, &writer), SQLITE_OK);
    CHECK_INT(sqlite3_exec(writer, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    CHECK_TEXT(read_all(path, NULL, false), /* after five seconds */
               "error: locked.db: cannot be read: database is locked");
    CHECK_INT(count_lines(read_all(path, NULL, true)), 1);
    sqlite3_close(writer);
}

int main(void)
{
    RUN(completed_debates_only);
    RUN(values_of_all_kinds);
    RUN(other_schemas);
    RUN(nothing_is_written);
    RUN(columns_that_we_would_add);
    RUN(tables_without_rowid);
    RUN(no_databases);
    RUN(names_that_mean_something_in_a_uri);
    RUN(many_blocks);
    RUN(damage_is_an_error);
    RUN(logs_beside_the_file);
    RUN(locked_by_a_writer);
    return check_end();
}
