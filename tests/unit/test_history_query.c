/* The history asked: which run was the one before, what a reader is handed, and databases that are
 * none of ours or in places where nothing may be written. */
#include "run/history_query.h"

#include "check.h"
#include "unit/files.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *made(const char *name, const char *before, const char *sql)
{
    const char *path = files_path(name);
    char *text = before ? files_read(before, NULL) : NULL;
    sqlite3 *db;

    if (sqlite3_open(path, &db) != SQLITE_OK ||
        (text && sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) ||
        sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        check_claim(false, __FILE__, __LINE__, "%s: %s", name, sqlite3_errmsg(db));
    sqlite3_close(db);
    mem_free(text);
    return path;
}

/* The example of dpo-history(5) and more. */
static const char *example(const char *name, const char *sql)
{
    return made(name, "tests/golden/history/runs.sql", sql);
}

static const char *without_folder(const char *text)
{
    const char *name = strrchr(text, '/');

    return name ? name + 1 : text;
}

/* 'id|value|when', 'none', or why not. */
static const char *previous(const char *path, struct history_wanted wanted)
{
    static char out[600];
    struct history_found found;
    struct err err;
    const int got = history_previous(path, &wanted, &found, &err);

    if (got < 0) return snprintf(out, sizeof out, "%s", without_folder(err.text)), out;
    if (got == 0) return "none";
    snprintf(out, sizeof out, "%lld|%.15g|%s", (long long)found.id, found.value, found.finished_at);
    return out;
}

static struct history_wanted eval(const char *figure)
{
    return (struct history_wanted){.kind = HISTORY_EVAL, .figure = figure};
}

TEST(the_run_before)
{
    const char *path =
        example("runs.db",
                "INSERT INTO runs SELECT 9, kind, started_at, '2026-11-22T00:00:00Z', 1, 'failed',"
                " 1, 0, run_dir, model, model_hash, data_hash, adapter, options, host, pid,"
                " version FROM runs WHERE id = 8;"
                "INSERT INTO figures VALUES(9, 'preference_accuracy', 0.9), (8, 'kl', NULL),"
                " (2, 'kl', 0.125), (6, 'kl', 0.25), (7, 'loss', 0.5), (8, 'odd', 'text')");
    struct history_wanted wanted = eval("preference_accuracy");

    CHECK_TEXT(previous(path, wanted), "8|0.7679|2026-11-21T04:07:02Z");
    CHECK_TEXT(previous(path, eval("kl")), "2|0.125|2026-11-19T03:20:02Z");
    CHECK_TEXT(previous(path, eval("odd")), "none");
    CHECK_TEXT(previous(path, eval("loss")), "none");
    CHECK_TEXT(previous(path, (struct history_wanted){.kind = HISTORY_TRAIN, .figure = "loss"}),
               "5|0.377|2026-11-20T03:22:11Z");
    wanted.data_hash = "7e57";
    CHECK_TEXT(previous(path, wanted), "8|0.7679|2026-11-21T04:07:02Z");
    wanted.model = "smollm2-360m";
    CHECK_TEXT(previous(path, wanted), "none");
    wanted = (struct history_wanted){.kind = HISTORY_EVAL, .figure = "kl", .data_hash = "other"};
    CHECK_TEXT(previous(path, wanted), "none");
}

TEST(no_run_before)
{
    CHECK_TEXT(previous(files_path("gone.db"), eval("kl")), "none");
    CHECK_TEXT(previous(files_path("no/folder/gone.db"), eval("kl")), "none");
    CHECK_TEXT(previous(files_text("empty.db", ""), eval("kl")), "none");
}

static bool note(void *context, const struct history_row *row, struct err *err)
{
    struct buffer *out = context;

    buffer_format(out, "%lld %d %d %s %s %s %g:", (long long)row->id, (int)row->kind,
                  (int)row->result, row->started_at, row->finished_at ? row->finished_at : "~",
                  row->run_dir ? row->run_dir : "~", row->seconds);
    for (size_t i = 0; i < row->count; i++)
        buffer_format(out, " %s=%g", row->figures[i].name, row->figures[i].value);
    buffer_byte(out, '\n');
    return row->id < 1000 || err_set(err, "enough");
}

static const char *rows_of(const char *path)
{
    static struct buffer out;
    static struct err err;

    out.len = 0;
    if (!history_rows(path, note, &out, &err)) {
        buffer_release(&out);
        return without_folder(err.text);
    }
    buffer_byte(&out, '\0');
    return out.at;
}

TEST(all_rows)
{
    CHECK_TEXT(rows_of(example("some.db", "DELETE FROM runs WHERE id IN (0, 3, 4, 5, 6);"
                                          "INSERT INTO figures VALUES(2, 'kl', NULL)")),
               "1 0 0 2026-11-19T02:00:04Z 2026-11-19T03:12:40Z work/monday 4356.1:"
               " eval_rewards/margins=0.81 kl=0.06 loss=0.412\n"
               "2 1 0 2026-11-19T03:12:41Z 2026-11-19T03:20:02Z work/monday.jsonl 441.3:"
               " kl=nan preference_accuracy=0.7321\n"
               "7 0 4 2026-11-21T02:00:03Z ~ work/wednesday nan:\n"
               "8 1 0 2026-11-21T04:00:00Z 2026-11-21T04:07:02Z work/wednesday.jsonl 422:"
               " preference_accuracy=0.7679\n");
    CHECK_TEXT(rows_of(files_text("empty.db", "")), "");
    CHECK_TEXT(rows_of(example("enough.db", "UPDATE runs SET id = 1000 WHERE id = 0")), "enough");
}

static const char ours[] = "PRAGMA application_id = 1685090152; PRAGMA user_version = 1;"
                           "CREATE TABLE figures(run_id, name, value);";

static const char *with_rows(const char *name, const char *rest)
{
    char sql[2000];

    snprintf(sql, sizeof sql, "%s%s", ours, rest);
    return made(name, NULL, sql);
}

#define LOOSE                                                                                      \
    "CREATE TABLE runs(id, kind, result, started_at, finished_at, run_dir, model, data_hash,"      \
    " adapter, seconds, exit_status);"

TEST(bad_databases)
{
    char many[400];

    CHECK_TEXT(rows_of(files_path("gone.db")), "gone.db: No such file or directory");
    CHECK_TEXT(rows_of(""), "the history has no file name");
    CHECK_TEXT(previous("", eval("kl")), "the history has no file name");
    CHECK_TEXT(rows_of("/dev/null"), "null: is not a regular file");
    CHECK_TEXT(
        previous(files_text("text.db", "A text that is longer than the header of a database "
                                       "is read as if it were one, and is none. ....... ..."),
                 eval("kl")),
        "text.db: is not an SQLite database");
    CHECK_TEXT(rows_of(made("debates.db", NULL, "CREATE TABLE debates(id)")),
               "debates.db: holds the tables of another program, not a history of runs");
    CHECK_TEXT(previous(made("later.db", NULL,
                             "PRAGMA application_id = 1685090152;"
                             "PRAGMA user_version = 7; CREATE TABLE runs(id)"),
                        eval("kl")),
               "later.db: a later version of these tools made it (tables 7, here 1)");
    CHECK_TEXT(rows_of(with_rows("none.db", "")), "none.db: no such table: runs");
    CHECK_TEXT(previous(with_rows("few.db", "CREATE TABLE runs(id)"), eval("kl")),
               "few.db: no such column: r.finished_at");
    CHECK_TEXT(
        rows_of(with_rows("view.db", "CREATE VIEW runs AS SELECT 1 id, 1"
                                     " kind, 1 result, 1 started_at, 1 finished_at, 1 run_dir,"
                                     " 1 model, 1 data_hash, 1 adapter, 1 seconds")),
        "view.db: access to view \"runs\" prohibited");
    CHECK_TEXT(rows_of(with_rows("kind.db", LOOSE "INSERT INTO runs(id, kind, result, started_at)"
                                                  " VALUES(1, 'x', 'done', 'now')")),
               "kind.db: run 1 has no kind that is known");
    CHECK_TEXT(rows_of(with_rows("result.db", LOOSE "INSERT INTO runs(id, kind, started_at)"
                                                    " VALUES(1, 'eval', 'now')")),
               "result.db: run 1 has no result that is known");
    CHECK_TEXT(rows_of(with_rows("start.db", LOOSE "INSERT INTO runs(id, kind, result)"
                                                   " VALUES(1, 'eval', 'gate')")),
               "start.db: run 1 has no start that is known");
    CHECK_TEXT(
        rows_of(with_rows("name.db", LOOSE
                          "INSERT INTO runs(id, kind, result, started_at) VALUES"
                          "(1, 'eval', 'gate', 'now'); INSERT INTO figures VALUES(1, NULL, 2)")),
        "name.db: run 1 has a figure without a name");
    snprintf(many, sizeof many, "%s",
             LOOSE "INSERT INTO runs(id, kind, result, started_at) VALUES"
                   "(1, 'eval', 'gate', 'now'); WITH RECURSIVE n(i) AS"
                   " (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1001)"
                   " INSERT INTO figures SELECT 1, i, i FROM n");
    CHECK_TEXT(rows_of(with_rows("many.db", many)), "many.db: run 1 has more than 1000 figures");
    CHECK_TEXT(rows_of(with_rows("long.db", LOOSE "INSERT INTO runs(id, kind, result, started_at)"
                                                  " VALUES(1, 'eval', 'gate', printf('%2000000d',"
                                                  " 1))")),
               "long.db: string or blob too big");
}

/* Half of a file, and pages that are overwritten: an error, or what is still good, never more. */
TEST(damaged)
{
    size_t len;
    char *bytes = files_read(example("whole.db", "PRAGMA journal_mode = DELETE"), &len);
    const char *path;

    CHECK(len > 8192);
    path = files_write("half.db", bytes, len / 2);
    CHECK(strncmp(rows_of(path), "half.db: database disk image is malformed", 40) == 0);
    memset(bytes + 4096, 0x5a, 4096);
    path = files_write("page.db", bytes, len);
    CHECK(strncmp(rows_of(path), "page.db: database disk image is malformed", 40) == 0);
    CHECK(strncmp(previous(path, eval("kl")), "page.db: database disk image is malformed", 40) ==
          0);
    mem_free(bytes);
}

/* Asks as somebody who may not write in the folder. The child's status: 0 if the answer is so. */
static int ask_as_guest(const char *path, const char *want)
{
    int status = -1;
    const pid_t child = fork();

    if (child == 0) {
        const char *got;

        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(9);
        got = previous(path, eval("preference_accuracy"));
        if (strcmp(got, want) == 0) _exit(0);
        printf("# %s\n", got);
        fflush(stdout);
        _exit(1);
    }
    if (child > 0) waitpid(child, &status, 0);
    return status;
}

TEST(a_folder_of_others)
{
    const char *folder = files_path("theirs"), *path, *empty;
    struct err err;
    struct history history;

    CHECK(mkdir(folder, 0777) == 0);
    path = example("theirs/runs.db", "SELECT 1");
    empty = files_path("theirs/none.db");
    CHECK(chmod(files_path(""), 0755) == 0 && chmod(path, 0444) == 0 && chmod(folder, 0555) == 0);
    fflush(stdout);
    CHECK_INT(ask_as_guest(path, "8|0.7679|2026-11-21T04:07:02Z"), 0);
    CHECK_INT(ask_as_guest(empty, "none"), 0);
    CHECK(access(files_path("theirs/runs.db-wal"), F_OK) != 0);
    CHECK(chmod(folder, 0755) == 0 && chmod(path, 0644) == 0);
    CHECK(history_begin(&history, path, &(struct history_run){.kind = HISTORY_EVAL}, &err));
    CHECK_TEXT(previous(path, eval("preference_accuracy")), "8|0.7679|2026-11-21T04:07:02Z");
}

/* What a writer has not committed is not there, and keeps nobody waiting. */
TEST(beside_a_writer)
{
    const char *path = example("busy.db", "SELECT 1");
    sqlite3 *db;

    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "BEGIN IMMEDIATE; DELETE FROM runs WHERE id = 8", NULL, NULL, NULL) ==
          SQLITE_OK);
    CHECK_TEXT(previous(path, eval("preference_accuracy")), "8|0.7679|2026-11-21T04:07:02Z");
    CHECK(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    CHECK_TEXT(previous(path, eval("preference_accuracy")), "2|0.7321|2026-11-19T03:20:02Z");
    sqlite3_close(db);
}

int main(void)
{
    RUN(the_run_before);
    RUN(no_run_before);
    RUN(all_rows);
    RUN(bad_databases);
    RUN(damaged);
    RUN(a_folder_of_others);
    RUN(beside_a_writer);
    return check_end();
}
