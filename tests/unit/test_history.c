/* runs.db: what a run leaves in it, several writers at once, and databases that are none of
 * ours. */
#include "run/history.h"

#include "check.h"
#include "core/clock.h"
#include "unit/files.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct history_run first = {.kind = HISTORY_TRAIN,
                                         .run_dir = "work/run",
                                         .model = "base",
                                         .model_hash = "aa",
                                         .data_hash = "bb",
                                         .options = "{\"beta\":\"0.1\"}"};

/* One that gives up soon. */
static const struct history_run hasty = {.kind = HISTORY_EVAL, .patience = 0.5};

/* The rows of a query, columns parted by '|', rows by a newline. */
static const char *ask(const char *path, const char *sql)
{
    static char out[4000];
    sqlite3_stmt *rows = NULL;
    sqlite3 *db;
    size_t len = 0;

    *out = '\0';
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK)
        snprintf(out, sizeof out, "error: %s", sqlite3_errmsg(db));
    while (rows && sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            const char *text = (const char *)sqlite3_column_text(rows, i);

            len += (size_t)snprintf(out + len, sizeof out - len, "%s%s",
                                    i ? "|" : (len ? "\n" : ""), text ? text : "~");
        }
    }
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return out;
}

TEST(a_run)
{
    static const struct history_figure figures[] = {
        {"eval_rewards/margins", 1.25}, {"kl", 1.0 / 3}, {"loss", NAN}, {"kl", 0.5}};
    const char *path = files_path("runs.db");
    struct history history;
    struct err err;
    char pid[32];

    CHECK(history_begin(&history, path, &first, &err));
    CHECK_INT(history.id, 1);
    CHECK_TEXT(ask(path, "SELECT kind, result, resumed, run_dir, model, model_hash, data_hash,"
                         " adapter, options, finished_at, seconds, exit_status FROM runs"),
               "train|running|0|work/run|base|aa|bb|~|{\"beta\":\"0.1\"}|~|~|~");
    snprintf(pid, sizeof pid, "1|%d", (int)getpid());
    CHECK_TEXT(ask(path, "SELECT length(host) > 0, pid FROM runs"), pid);
    CHECK_TEXT(ask(path, "SELECT abs(strftime('%s', started_at) - strftime('%s')) < 100,"
                         " started_at LIKE '____-__-__T__:__:__Z' FROM runs"),
               "1|1");
    CHECK(history_end(&history, HISTORY_GATE, 3, figures, 4, &err));
    CHECK_TEXT(ask(path, "SELECT result, exit_status, seconds BETWEEN 0 AND 100,"
                         " finished_at >= started_at, version <> '' FROM runs"),
               "gate|3|1|1|1");
    CHECK_TEXT(ask(path, "SELECT name, value FROM figures WHERE run_id = 1"),
               "eval_rewards/margins|1.25\nkl|0.5\nloss|~");
    CHECK_TEXT(ask(path, "PRAGMA journal_mode"), "wal");
}

TEST(kinds_and_results)
{
    static const struct history_run runs[] = {
        {.kind = HISTORY_EVAL, .resumed = true}, {.kind = HISTORY_DEPLOY}, {.kind = HISTORY_TRAIN}};
    static const enum history_result results[] = {HISTORY_DONE, HISTORY_STOPPED, HISTORY_FAILED};
    const char *path = files_path("kinds.db");
    struct history history;
    struct err err;

    for (size_t i = 0; i < 3; i++) {
        CHECK(history_begin(&history, path, &runs[i], &err));
        CHECK(history_end(&history, results[i], (int)i, NULL, 0, &err));
    }
    CHECK_TEXT(ask(path, "SELECT id, kind, resumed, result, exit_status, run_dir FROM runs"),
               "1|eval|1|done|0|~\n2|deploy|0|stopped|1|~\n3|train|0|failed|2|~");
    CHECK_TEXT(ask(path, "SELECT count(*) FROM figures"), "0");
}

/* What could not be begun is written whole at the end; what is gone is said. */
TEST(late_and_gone)
{
    static const struct history_figure figure = {"loss", 0.25};
    const char *path = files_path("late.db"), *blocked = files_path("later");
    struct history history;
    struct err err;

    mkdir(blocked, 0777);
    CHECK(!history_begin(&history, blocked, &first, &err));
    CHECK(strstr(err.text, "later: is not a regular file"));
    rmdir(blocked);
    CHECK(history_end(&history, HISTORY_DONE, 0, &figure, 1, &err));
    CHECK_TEXT(ask(blocked, "SELECT id, result, name, value FROM runs JOIN figures ON id = run_id"),
               "1|done|loss|0.25");
    CHECK(history_begin(&history, path, &first, &err));
    ask(path, "DELETE FROM runs");
    CHECK(!history_end(&history, HISTORY_DONE, 0, &figure, 1, &err));
    CHECK(strstr(err.text, "late.db: the row of this run, 1, is gone"));
    CHECK_TEXT(ask(path, "SELECT count(*) FROM figures"), "0");
}

static const char *problem(const char *path)
{
    static struct err err;
    struct history history;
    const char *name;

    if (history_begin(&history, path, &hasty, &err)) return "none";
    name = strrchr(err.text, '/');
    return name ? name + 1 : err.text;
}

static const char *made(const char *name, const char *sql)
{
    const char *path = files_path(name);
    sqlite3 *db;

    if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db, sql, NULL, NULL, NULL))
        check_claim(false, __FILE__, __LINE__, "%s: %s", name, sqlite3_errmsg(db));
    sqlite3_close(db);
    return path;
}

TEST(others)
{
    CHECK_TEXT(problem(files_text("text.db", "This is a text that is longer than the header of a "
                                             "database, so it is read as if it were one. .......")),
               "text.db: is not an SQLite database");
    CHECK_TEXT(problem(made("debates.db", "CREATE TABLE debates(id)")),
               "debates.db: holds the tables of another program, not a history of runs");
    CHECK_TEXT(problem(made("marked.db", "PRAGMA application_id = 7")),
               "marked.db: holds the tables of another program, not a history of runs");
    CHECK_TEXT(problem(made("new.db", "PRAGMA application_id = 1685090152;"
                                      "PRAGMA user_version = 2")),
               "new.db: a later version of these tools made it (tables 2, here 1)");
    CHECK_TEXT(problem(made("odd.db", "PRAGMA application_id = 1685090152;"
                                      "PRAGMA user_version = 1; CREATE TABLE runs(id)")),
               "odd.db: table runs has no column named kind");
    CHECK_TEXT(problem(files_path("gone/runs.db")),
               "runs.db: cannot be opened: No such file or directory");
    CHECK_TEXT(problem(""), "the history has no file name");
    CHECK_TEXT(problem("/dev/null"), "null: is not a regular file");
    CHECK_TEXT(problem(files_text("empty.db", "")), "none");
}

/* Triggers of a foreign hand do not fire; names that mean something to SQLite are files. */
TEST(hostile)
{
    const char *path = files_path("trigger.db");
    char folder[512];
    struct history history;
    struct err err;

    CHECK(history_begin(&history, path, &first, &err));
    ask(path, "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END");
    CHECK(history_begin(&history, path, &first, &err));
    CHECK_TEXT(ask(path, "SELECT count(*) FROM runs"), "2");
    CHECK(getcwd(folder, sizeof folder) && chdir(files_path("")) == 0);
    CHECK(history_begin(&history, ":memory:", &first, &err));
    CHECK(access(":memory:", F_OK) == 0);
    CHECK(chdir(folder) == 0);
}

#define WRITERS 8

/* All begin at once, with no database: one row each, whoever makes the tables. */
TEST(many_at_once)
{
    const int each = CHECK_SLOW ? 3 : 10;
    const char *path = files_path("many.db");
    char want[32];
    int status, bad = 0;

    fflush(stdout);
    for (int i = 0; i < WRITERS; i++) {
        if (fork() != 0) continue;
        for (int j = 0; j < each; j++) {
            struct history history;
            struct err err;

            if (!history_begin(&history, path, &first, &err) ||
                !history_end(&history, HISTORY_DONE, 0, NULL, 0, &err)) {
                printf("# %s\n", err.text);
                fflush(stdout);
                _exit(1);
            }
        }
        _exit(0);
    }
    for (int i = 0; i < WRITERS; i++)
        bad += wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    CHECK_INT(bad, 0);
    snprintf(want, sizeof want, "%d|%d", WRITERS * each, WRITERS * each);
    CHECK_TEXT(ask(path, "SELECT count(*), sum(result = 'done') FROM runs"), want);
}

/* A reader in the middle of its work neither waits nor is waited for; a writer that stays is. */
TEST(beside_others)
{
    const char *path = files_path("beside.db");
    sqlite3_stmt *rows;
    struct history history;
    struct err err;
    sqlite3 *db;

    CHECK(history_begin(&history, path, &first, &err));
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, "SELECT count(*) FROM runs", -1, &rows, NULL) == SQLITE_OK);
    CHECK(sqlite3_step(rows) == SQLITE_ROW);
    CHECK(history_begin(&history, path, &first, &err));
    sqlite3_reset(rows);
    CHECK(sqlite3_step(rows) == SQLITE_ROW && sqlite3_column_int(rows, 0) == 1);
    sqlite3_finalize(rows);
    CHECK(sqlite3_exec(db, "COMMIT; BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
    CHECK_TEXT(problem(path), "beside.db: another process keeps it locked for more than 0.5 "
                              "seconds");
    CHECK(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    CHECK_TEXT(ask(path, "SELECT count(*) FROM runs"), "2");
}

/* Whatever a lock stops, the switch to a write-ahead log or a first look, there is one deadline. */
TEST(locked_by_others)
{
    static const char *const locks[][3] = {
        {"rollback.db", "CREATE TABLE t(x)", "BEGIN EXCLUSIVE"},
        {"exclusive.db", "PRAGMA journal_mode=WAL; CREATE TABLE t(x)",
         "PRAGMA locking_mode=exclusive; INSERT INTO t VALUES(1)"},
        {"reader.db", "CREATE TABLE t(x); INSERT INTO t VALUES(1)", "BEGIN; SELECT * FROM t"}};

    for (size_t i = 0; i < sizeof locks / sizeof *locks; i++) {
        const char *path = made(locks[i][0], locks[i][1]);
        double began;
        char want[100];
        sqlite3 *db;

        CHECK(sqlite3_open(path, &db) == SQLITE_OK);
        CHECK(sqlite3_exec(db, locks[i][2], NULL, NULL, NULL) == SQLITE_OK);
        snprintf(want, sizeof want, "%s: another process keeps it locked for more than 0.5 seconds",
                 locks[i][0]);
        began = clock_seconds();
        CHECK_TEXT(problem(path), want);
        CHECK(clock_seconds() - began >= 0.5 && clock_seconds() - began < 5);
        sqlite3_close(db);
    }
}

static void check_holds(const char *text, const char *part)
{
    CHECK(text && *part && strstr(text, part));
}

/* The tables are those of the example that the manual is tested with. */
TEST(as_the_example)
{
    const char *path = files_path("fresh.db");
    char *example = files_read("tests/golden/history/runs.sql", NULL);
    struct history history;
    struct err err;

    CHECK(history_begin(&history, path, &first, &err));
    check_holds(example, ask(path, "SELECT sql || ';' FROM sqlite_schema WHERE name = 'runs'"));
    check_holds(example, ask(path, "SELECT sql || ';' FROM sqlite_schema WHERE name = 'figures'"));
    check_holds(example, ask(path, "SELECT 'PRAGMA application_id = ' || application_id || ';'"
                                   " FROM pragma_application_id"));
    mem_free(example);
}

int main(void)
{
    RUN(a_run);
    RUN(kinds_and_results);
    RUN(late_and_gone);
    RUN(others);
    RUN(hostile);
    RUN(many_at_once);
    RUN(beside_others);
    RUN(locked_by_others);
    RUN(as_the_example);
    return check_end();
}
