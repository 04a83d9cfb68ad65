#include "run/history.h"

#include "core/clock.h"
#include "core/memory.h"
#include "records/database.h"
#include "run/history_tables.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MS 60000 /* a thousand runs that begin at once take their turns within it */

const char *const history_kinds[] = {"train", "eval", "deploy"};
const char *const history_results[] = {"done", "stopped", "failed", "gate", "running"};

/* Statement n leads from version n to version n + 1 of the tables. */
static const char *const steps[] = {
    "CREATE TABLE runs(\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  kind TEXT NOT NULL CHECK (kind IN ('train', 'eval', 'deploy')),\n"
    "  started_at TEXT NOT NULL,\n"
    "  finished_at TEXT,\n"
    "  seconds REAL,\n"
    "  result TEXT NOT NULL\n"
    "    CHECK (result IN ('running', 'done', 'stopped', 'failed', 'gate')),\n"
    "  exit_status INTEGER,\n"
    "  resumed INTEGER NOT NULL CHECK (resumed IN (0, 1)),\n"
    "  run_dir TEXT,\n"
    "  model TEXT,\n"
    "  model_hash TEXT,\n"
    "  data_hash TEXT,\n"
    "  adapter TEXT,\n"
    "  options TEXT,\n"
    "  host TEXT NOT NULL,\n"
    "  pid INTEGER NOT NULL,\n"
    "  version TEXT NOT NULL);\n"
    "CREATE TABLE figures(\n"
    "  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,\n"
    "  name TEXT NOT NULL,\n"
    "  value REAL,\n"
    "  PRIMARY KEY (run_id, name)) WITHOUT ROWID;\n"
    "PRAGMA application_id = 1685090152;\n"
    "PRAGMA user_version = 1"};
_Static_assert(sizeof steps / sizeof *steps == HISTORY_VERSION, "a step a version");

/* SQLite's own words for why, where they are better than ours. */
static bool fail(sqlite3 *db, const char *path, struct err *err)
{
    switch (db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM) {
    case SQLITE_BUSY:
        return err_set(err, "%s: another process keeps it locked for more than %d seconds", path,
                       BUSY_MS / 1000);
    case SQLITE_NOTADB: return err_set(err, "%s: is not an SQLite database", path);
    case SQLITE_NOMEM: return err_set(err, "%s: out of memory", path);
    case SQLITE_CANTOPEN:
        return err_set(err, "%s: cannot be opened: %s", path, strerror(sqlite3_system_errno(db)));
    default: return err_set(err, "%s: %s", path, sqlite3_errmsg(db));
    }
}

static bool execute(sqlite3 *db, const char *path, const char *sql, struct err *err)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db, path, err);
}

static bool ask(sqlite3 *db, const char *path, const char *sql, int *answer, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;

    if (good)
        *answer = sqlite3_column_int(statement, 0);
    else
        fail(db, path, err);
    sqlite3_finalize(statement);
    return good;
}

bool history_is_ours(const char *path, int application, int version, int tables, struct err *err)
{
    if (tables == 0 && application == 0 && version == 0) return true;
    if (application != HISTORY_APPLICATION || version < 0 || (version == 0 && tables > 0))
        return err_set(err, "%s: holds the tables of another program, not a history of runs", path);
    if (version > HISTORY_VERSION)
        return err_set(err, "%s: a later version of these tools made it (tables %d, here %d)", path,
                       version, HISTORY_VERSION);
    return true;
}

/* Within a transaction: makes the tables where there are none, and brings old ones up to date. */
static bool check_tables(sqlite3 *db, const char *path, struct err *err)
{
    int application, version, tables;

    if (!ask(db, path, "SELECT count(*) FROM sqlite_schema", &tables, err) ||
        !ask(db, path, "PRAGMA application_id", &application, err) ||
        !ask(db, path, "PRAGMA user_version", &version, err))
        return false;
    if (!history_is_ours(path, application, version, tables, err)) return false;
    for (; version < HISTORY_VERSION; version++)
        if (!execute(db, path, steps[version], err)) return false;
    return true;
}

/* With a write-ahead log readers wait for nobody but the last writer that closes it. Two processes
 * that switch at once make one of them fail at once: it is asked again. Where the file system has
 * none it stays as it is. */
static bool switch_log(sqlite3 *db, const char *path, struct err *err)
{
    const struct timespec pause = {0, 20000000};
    int waited = 0;

    while (sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) != SQLITE_OK) {
        if ((sqlite3_errcode(db) & 0xff) != SQLITE_BUSY || waited >= BUSY_MS)
            return fail(db, path, err);
        nanosleep(&pause, NULL);
        waited += 20;
    }
    return true;
}

/* Names such as ':memory:' and 'file:' mean something to SQLite; behind a folder they do not. */
static bool open_file(sqlite3 **db, const char *path, struct err *err)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    struct buffer name = {0};
    struct stat stat_of;
    int code;

    *db = NULL;
    if (!*path) return err_set(err, "the history has no file name");
    if (stat(path, &stat_of) == 0 && !S_ISREG(stat_of.st_mode))
        return err_set(err, "%s: is not a regular file", path);
    buffer_format(&name, "%s%s", *path == '/' ? "" : "./", path);
    buffer_byte(&name, '\0');
    code = sqlite3_open_v2(name.at, db, flags, NULL);
    buffer_release(&name);
    return code == SQLITE_OK || fail(*db, path, err);
}

/* Opens the database and begins a transaction in it. */
static bool open_history(sqlite3 **db, const char *path, struct err *err)
{
    if (open_file(db, path, err)) {
        database_restrict(*db, BUSY_MS);
        if (execute(*db, path, "PRAGMA cell_size_check=1; PRAGMA mmap_size=0", err) &&
            switch_log(*db, path, err) && execute(*db, path, "BEGIN IMMEDIATE", err) &&
            check_tables(*db, path, err))
            return true;
    }
    sqlite3_close(*db);
    return false;
}

static bool close_history(sqlite3 *db, const char *path, bool good, struct err *err)
{
    good = good && execute(db, path, "COMMIT", err);
    sqlite3_close(db); /* takes back what is not committed */
    return good;
}

static void bind_text(sqlite3_stmt *statement, const char *name, const char *text)
{
    const int place = sqlite3_bind_parameter_index(statement, name);

    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC); /* NULL where there is none */
}

/* Runs a statement that gives no rows and ends it. */
static bool finish(sqlite3 *db, const char *path, sqlite3_stmt *statement, struct err *err)
{
    const bool good = sqlite3_step(statement) == SQLITE_DONE || fail(db, path, err);

    sqlite3_finalize(statement);
    return good;
}

static bool add_run(sqlite3 *db, const struct history *history, int64_t *id, struct err *err)
{
    static const char sql[] =
        "INSERT INTO runs(kind, started_at, result, resumed, run_dir, model, model_hash, data_hash,"
        " adapter, options, host, pid, version) VALUES(:kind, :started, 'running', :resumed, :dir,"
        " :model, :model_hash, :data_hash, :adapter, :options, :host, :pid, :version)";
    const struct history_run *run = &history->run;
    char host[256] = "", started[MOMENT_TEXT];
    sqlite3_stmt *statement;

    gethostname(host, sizeof host - 1);
    moment_write(started, history->began);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return fail(db, history->path, err);
    bind_text(statement, ":kind", history_kinds[run->kind]);
    bind_text(statement, ":started", started);
    sqlite3_bind_int(statement, sqlite3_bind_parameter_index(statement, ":resumed"), run->resumed);
    bind_text(statement, ":dir", run->run_dir);
    bind_text(statement, ":model", run->model);
    bind_text(statement, ":model_hash", run->model_hash);
    bind_text(statement, ":data_hash", run->data_hash);
    bind_text(statement, ":adapter", run->adapter);
    bind_text(statement, ":options", run->options);
    bind_text(statement, ":host", host);
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":pid"), getpid());
    bind_text(statement, ":version", VERSION);
    if (!finish(db, history->path, statement, err)) return false;
    *id = sqlite3_last_insert_rowid(db);
    return true;
}

bool history_begin(struct history *history, const char *path, const struct history_run *run,
                   struct err *err)
{
    sqlite3 *db;
    int64_t id = 0;
    bool good;

    *history = (struct history){
        .path = path, .run = *run, .began = moment_now(), .clock = clock_seconds()};
    if (!open_history(&db, path, err)) return false;
    good = close_history(db, path, add_run(db, history, &id, err), err);
    if (good) history->id = id;
    return good;
}

static bool complete_run(sqlite3 *db, const struct history *history, int64_t id,
                         enum history_result result, int exit_status, struct err *err)
{
    static const char sql[] = "UPDATE runs SET finished_at = :finished, seconds = :seconds,"
                              " result = :result, exit_status = :status WHERE id = :id";
    const double seconds = clock_seconds() - history->clock;
    char finished[MOMENT_TEXT];
    sqlite3_stmt *statement;

    moment_write(finished, moment_now());
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return fail(db, history->path, err);
    bind_text(statement, ":finished", finished);
    bind_text(statement, ":result", history_results[result]);
    sqlite3_bind_double(statement, sqlite3_bind_parameter_index(statement, ":seconds"),
                        round(seconds * 1000) / 1000);
    sqlite3_bind_int(statement, sqlite3_bind_parameter_index(statement, ":status"), exit_status);
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":id"), id);
    if (!finish(db, history->path, statement, err)) return false;
    return sqlite3_changes(db) == 1 ||
           err_set(err, "%s: the row of this run, %lld, is gone", history->path, (long long)id);
}

static bool add_figure(sqlite3 *db, const char *path, int64_t id,
                       const struct history_figure *figure, struct err *err)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO figures VALUES(:id, :name, :value)", -1,
                           &statement, NULL) != SQLITE_OK)
        return fail(db, path, err);
    sqlite3_bind_int64(statement, 1, id);
    bind_text(statement, ":name", figure->name);
    if (isfinite(figure->value)) sqlite3_bind_double(statement, 3, figure->value);
    return finish(db, path, statement, err);
}

bool history_end(struct history *history, enum history_result result, int exit_status,
                 const struct history_figure *figures, size_t count, struct err *err)
{
    int64_t id = history->id;
    sqlite3 *db;
    bool good;

    if (!open_history(&db, history->path, err)) return false;
    good = (id || add_run(db, history, &id, err)) &&
           complete_run(db, history, id, result, exit_status, err);
    for (size_t i = 0; good && i < count; i++)
        good = add_figure(db, history->path, id, &figures[i], err);
    return close_history(db, history->path, good, err);
}
