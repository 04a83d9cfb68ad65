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

#define PATIENCE 60.0 /* seconds; a thousand runs that begin at once take their turns within it */

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

/* The database while something is written. */
struct access {
    sqlite3 *db;
    const char *path;
    double patience, deadline; /* seconds; by clock_seconds */
};

/* SQLite's own words for why, where they are better than ours. */
static bool fail(const struct access *access, struct err *err)
{
    sqlite3 *db = access->db;
    const char *path = access->path;

    switch (db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM) {
    case SQLITE_BUSY:
        return err_set(err, "%s: another process keeps it locked for more than %g seconds", path,
                       access->patience);
    case SQLITE_NOTADB: return err_set(err, "%s: is not an SQLite database", path);
    case SQLITE_NOMEM: return err_set(err, "%s: out of memory", path);
    case SQLITE_CANTOPEN:
        return err_set(err, "%s: cannot be opened: %s", path, strerror(sqlite3_system_errno(db)));
    default: return err_set(err, "%s: %s", path, sqlite3_errmsg(db));
    }
}

static bool execute(const struct access *access, const char *sql, struct err *err)
{
    return sqlite3_exec(access->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(access, err);
}

static bool ask(const struct access *access, const char *sql, int *answer, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool good = sqlite3_prepare_v2(access->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;

    if (good)
        *answer = sqlite3_column_int(statement, 0);
    else
        fail(access, err);
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
static bool check_tables(const struct access *access, struct err *err)
{
    int application, version, tables;

    if (!ask(access, "SELECT count(*) FROM sqlite_schema", &tables, err) ||
        !ask(access, "PRAGMA application_id", &application, err) ||
        !ask(access, "PRAGMA user_version", &version, err))
        return false;
    if (!history_is_ours(access->path, application, version, tables, err)) return false;
    for (; version < HISTORY_VERSION; version++)
        if (!execute(access, steps[version], err)) return false;
    return true;
}

/* For SQLite, which found a lock for the tries-th time: 0 when there is no time left to wait. */
static int wait_turn(void *context, int tries)
{
    const struct access *access = context;
    const long ms = tries < 50 ? tries + 1 : 50;

    if (clock_seconds() >= access->deadline) return 0;
    nanosleep(&(struct timespec){0, ms * 1000000}, NULL);
    return 1;
}

/* With a write-ahead log readers wait for nobody but the last writer that closes it. Two processes
 * that switch at once make one of them fail at once: it is asked again. Where the file system has
 * none it stays as it is. */
static bool switch_log(struct access *access, struct err *err)
{
    while (sqlite3_exec(access->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) != SQLITE_OK)
        if ((sqlite3_errcode(access->db) & 0xff) != SQLITE_BUSY || !wait_turn(access, 20))
            return fail(access, err);
    return true;
}

/* Names such as ':memory:' and 'file:' mean something to SQLite; behind a folder they do not. */
static bool open_file(struct access *access, struct err *err)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const char *path = access->path;
    struct buffer name = {0};
    struct stat stat_of;
    int code;

    if (!*path) return err_set(err, "the history has no file name");
    if (stat(path, &stat_of) == 0 && !S_ISREG(stat_of.st_mode))
        return err_set(err, "%s: is not a regular file", path);
    buffer_format(&name, "%s%s", *path == '/' ? "" : "./", path);
    buffer_byte(&name, '\0');
    code = sqlite3_open_v2(name.at, &access->db, flags, NULL);
    buffer_release(&name);
    return code == SQLITE_OK || fail(access, err);
}

/* Opens the database and begins a transaction in it; access stays where it is. */
static bool open_history(struct access *access, const struct history *history, struct err *err)
{
    const double patience = history->run.patience > 0 ? history->run.patience : PATIENCE;

    *access = (struct access){
        .path = history->path, .patience = patience, .deadline = clock_seconds() + patience};
    if (open_file(access, err)) {
        database_restrict(access->db, 0);
        sqlite3_busy_handler(access->db, wait_turn, access);
        if (execute(access, "PRAGMA cell_size_check=1; PRAGMA mmap_size=0", err) &&
            switch_log(access, err) && execute(access, "BEGIN IMMEDIATE", err) &&
            check_tables(access, err))
            return true;
    }
    sqlite3_close(access->db);
    return false;
}

static bool close_history(const struct access *access, bool good, struct err *err)
{
    good = good && execute(access, "COMMIT", err);
    sqlite3_close(access->db); /* takes back what is not committed */
    return good;
}

static void bind_text(sqlite3_stmt *statement, const char *name, const char *text)
{
    const int place = sqlite3_bind_parameter_index(statement, name);

    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC); /* NULL where there is none */
}

/* Runs a statement that gives no rows and ends it. */
static bool finish(const struct access *access, sqlite3_stmt *statement, struct err *err)
{
    const bool good = sqlite3_step(statement) == SQLITE_DONE || fail(access, err);

    sqlite3_finalize(statement);
    return good;
}

static bool add_run(const struct access *access, const struct history *history, int64_t *id,
                    struct err *err)
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
    if (sqlite3_prepare_v2(access->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return fail(access, err);
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
    if (!finish(access, statement, err)) return false;
    *id = sqlite3_last_insert_rowid(access->db);
    return true;
}

bool history_begin(struct history *history, const char *path, const struct history_run *run,
                   struct err *err)
{
    struct access access;
    int64_t id = 0;
    bool good;

    *history = (struct history){
        .path = path, .run = *run, .began = moment_now(), .clock = clock_seconds()};
    if (!open_history(&access, history, err)) return false;
    good = close_history(&access, add_run(&access, history, &id, err), err);
    if (good) history->id = id;
    return good;
}

static bool complete_run(const struct access *access, const struct history *history, int64_t id,
                         enum history_result result, int exit_status, struct err *err)
{
    static const char sql[] = "UPDATE runs SET finished_at = :finished, seconds = :seconds,"
                              " result = :result, exit_status = :status WHERE id = :id";
    const double seconds = clock_seconds() - history->clock;
    char finished[MOMENT_TEXT];
    sqlite3_stmt *statement;

    moment_write(finished, moment_now());
    if (sqlite3_prepare_v2(access->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return fail(access, err);
    bind_text(statement, ":finished", finished);
    bind_text(statement, ":result", history_results[result]);
    sqlite3_bind_double(statement, sqlite3_bind_parameter_index(statement, ":seconds"),
                        round(seconds * 1000) / 1000);
    sqlite3_bind_int(statement, sqlite3_bind_parameter_index(statement, ":status"), exit_status);
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":id"), id);
    if (!finish(access, statement, err)) return false;
    return sqlite3_changes(access->db) == 1 ||
           err_set(err, "%s: the row of this run, %lld, is gone", history->path, (long long)id);
}

static bool add_figure(const struct access *access, int64_t id, const struct history_figure *figure,
                       struct err *err)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(access->db, "INSERT OR REPLACE INTO figures VALUES(:id, :name, :value)",
                           -1, &statement, NULL) != SQLITE_OK)
        return fail(access, err);
    sqlite3_bind_int64(statement, 1, id);
    bind_text(statement, ":name", figure->name);
    if (isfinite(figure->value)) sqlite3_bind_double(statement, 3, figure->value);
    return finish(access, statement, err);
}

bool history_end(struct history *history, enum history_result result, int exit_status,
                 const struct history_figure *figures, size_t count, struct err *err)
{
    int64_t id = history->id;
    struct access access;
    bool good;

    if (!open_history(&access, history, err)) return false;
    good = (id || add_run(&access, history, &id, err)) &&
           complete_run(&access, history, id, result, exit_status, err);
    for (size_t i = 0; good && i < count; i++) good = add_figure(&access, id, &figures[i], err);
    return close_history(&access, good, err);
}
