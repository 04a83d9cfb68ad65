#include "run/history_query.h"

#include "core/memory.h"
#include "records/database.h"
#include "run/history_tables.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 10000
#define TEXT_LIMIT (1 << 20)
#define HEAP_LIMIT ((sqlite3_int64)512 << 20)

struct query {
    const char *path;
    sqlite3 *db;
    bool empty; /* a database without tables */
};

static bool fail(const struct query *query, struct err *err)
{
    switch (query->db ? sqlite3_errcode(query->db) & 0xff : SQLITE_NOMEM) {
    case SQLITE_NOTADB: return err_set(err, "%s: is not an SQLite database", query->path);
    case SQLITE_NOMEM: return err_set(err, "%s: out of memory", query->path);
    default: return err_set(err, "%s: %s", query->path, sqlite3_errmsg(query->db));
    }
}

/* A log beside the database holds what is not yet in it. */
static bool has_log(const char *path)
{
    char *log = mem_format("%s-wal", path);
    struct stat stat_of;
    const bool has = stat(log, &stat_of) == 0 && stat_of.st_size > 0;

    mem_free(log);
    return has;
}

/* Opens, and reads the first page: what SQLite needs beside the file it asks for only then. */
static bool begin(struct query *query, bool immutable)
{
    struct buffer uri = {0};
    bool good;

    sqlite3_close(query->db);
    query->db = NULL;
    database_uri(&uri, query->path, immutable);
    good = sqlite3_open_v2(uri.at, &query->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) ==
           SQLITE_OK;
    buffer_release(&uri);
    if (!good) return false;
    database_restrict(query->db, BUSY_MS);
    sqlite3_limit(query->db, SQLITE_LIMIT_LENGTH, TEXT_LIMIT);
    sqlite3_hard_heap_limit64(HEAP_LIMIT);
    return sqlite3_exec(query->db,
                        "PRAGMA query_only=1; PRAGMA cell_size_check=1; PRAGMA mmap_size=0; BEGIN;"
                        " SELECT count(*) FROM sqlite_schema",
                        NULL, NULL, NULL) == SQLITE_OK;
}

static bool ask(const struct query *query, const char *sql, int *answer, struct err *err)
{
    sqlite3_stmt *rows = NULL;
    const bool good = sqlite3_prepare_v2(query->db, sql, -1, &rows, NULL) == SQLITE_OK &&
                      sqlite3_step(rows) == SQLITE_ROW;

    if (good)
        *answer = sqlite3_column_int(rows, 0);
    else
        fail(query, err);
    sqlite3_finalize(rows);
    return good;
}

static bool check(struct query *query, struct err *err)
{
    int application, version, tables;

    if (!ask(query, "SELECT count(*) FROM sqlite_schema", &tables, err) ||
        !ask(query, "PRAGMA application_id", &application, err) ||
        !ask(query, "PRAGMA user_version", &version, err))
        return false;
    query->empty = tables == 0;
    return history_is_ours(query->path, application, version, tables, err);
}

/* Begins a transaction, so that all answers are of one moment. A database with a write-ahead log
 * needs a file beside it that this process may write; without that, and with nothing in the log, it
 * is read as it is. */
static bool open_query(struct query *query, const char *path, struct err *err)
{
    struct stat stat_of;

    *query = (struct query){.path = path};
    if (!*path) return err_set(err, "the history has no file name");
    if (stat(path, &stat_of) != 0) return err_errno(err, "%s", path);
    if (!S_ISREG(stat_of.st_mode)) return err_set(err, "%s: is not a regular file", path);
    if ((begin(query, false) ||
         (query->db && access(path, R_OK) == 0 && !has_log(path) &&
          ((sqlite3_errcode(query->db) & 0xff) == SQLITE_CANTOPEN ||
           (sqlite3_errcode(query->db) & 0xff) == SQLITE_READONLY) &&
          begin(query, true)) ||
         fail(query, err)) &&
        check(query, err))
        return true;
    sqlite3_close(query->db);
    return false;
}

static const char previous_sql[] =
    "SELECT r.id, f.value, r.finished_at FROM runs AS r JOIN figures AS f ON f.run_id = r.id"
    " WHERE f.name = :figure AND typeof(f.value) IN ('real', 'integer') AND r.kind = :kind"
    " AND r.finished_at IS NOT NULL AND r.result = 'done'"
    " AND (:model IS NULL OR r.model = :model) AND (:data IS NULL OR r.data_hash = :data)"
    " ORDER BY r.finished_at DESC, r.id DESC LIMIT 1";

static void bind_text(sqlite3_stmt *rows, const char *name, const char *text)
{
    sqlite3_bind_text(rows, sqlite3_bind_parameter_index(rows, name), text, -1, SQLITE_STATIC);
}

static const char *column_text(sqlite3_stmt *rows, int column)
{
    return (const char *)sqlite3_column_text(rows, column);
}

static int find_previous(const struct query *query, const struct history_wanted *wanted,
                         struct history_found *found, struct err *err)
{
    sqlite3_stmt *rows = NULL;
    int step = SQLITE_ERROR;

    if (sqlite3_prepare_v2(query->db, previous_sql, -1, &rows, NULL) == SQLITE_OK) {
        bind_text(rows, ":figure", wanted->figure);
        bind_text(rows, ":kind", history_kinds[wanted->kind]);
        bind_text(rows, ":model", wanted->model);
        bind_text(rows, ":data", wanted->data_hash);
        step = sqlite3_step(rows);
    }
    if (step == SQLITE_ROW) {
        const char *finished = column_text(rows, 2);

        *found = (struct history_found){.id = sqlite3_column_int64(rows, 0),
                                        .value = sqlite3_column_double(rows, 1)};
        snprintf(found->finished_at, sizeof found->finished_at, "%s", finished ? finished : "");
    } else if (step != SQLITE_DONE) {
        fail(query, err);
    }
    sqlite3_finalize(rows);
    return step == SQLITE_ROW ? 1 : step == SQLITE_DONE ? 0 : -1;
}

int history_previous(const char *path, const struct history_wanted *wanted,
                     struct history_found *found, struct err *err)
{
    struct query query;
    struct stat stat_of;
    int got;

    if (*path && stat(path, &stat_of) != 0 && errno == ENOENT) return 0;
    if (!open_query(&query, path, err)) return -1;
    got = query.empty ? 0 : find_previous(&query, wanted, found, err);
    sqlite3_close(query.db);
    return got;
}

/* A run's figures, with room used again for the next. */
struct figure_list {
    struct history_figure items[HISTORY_FIGURES];
    struct buffer names; /* each terminated */
    size_t count;
};

static bool add_figure(const struct query *query, struct figure_list *list, int64_t id,
                       sqlite3_stmt *rows, struct err *err)
{
    const char *name = column_text(rows, 0);
    const int type = sqlite3_column_type(rows, 1);
    const bool number = type == SQLITE_FLOAT || type == SQLITE_INTEGER;

    if (!name)
        return err_set(err, "%s: run %lld has a figure without a name", query->path, (long long)id);
    if (list->count == HISTORY_FIGURES)
        return err_set(err, "%s: run %lld has more than %zu figures", query->path, (long long)id,
                       HISTORY_FIGURES);
    buffer_add(&list->names, name, strlen(name) + 1);
    list->items[list->count++].value = number ? sqlite3_column_double(rows, 1) : NAN;
    return true;
}

static bool read_figures(const struct query *query, sqlite3_stmt *rows, int64_t id,
                         struct figure_list *list, struct err *err)
{
    const char *name;
    int step;
    bool good = true;

    list->count = list->names.len = 0;
    sqlite3_reset(rows);
    sqlite3_bind_int64(rows, 1, id);
    while (good && (step = sqlite3_step(rows)) != SQLITE_DONE)
        good = step == SQLITE_ROW ? add_figure(query, list, id, rows, err) : fail(query, err);
    name = list->names.at;
    for (size_t i = 0; i < list->count; i++, name += strlen(name) + 1) list->items[i].name = name;
    return good;
}

/* The place of a word among names; count where it has none. */
static size_t find_word(const char *const *names, size_t count, const char *word)
{
    size_t i = 0;

    while (i < count && !(word && strcmp(names[i], word) == 0)) i++;
    return i;
}

static bool read_row(const struct query *query, sqlite3_stmt *rows, struct history_row *row,
                     struct err *err)
{
    const size_t kinds = sizeof history_kinds / sizeof *history_kinds;
    const size_t results = sizeof history_results / sizeof *history_results;
    const size_t kind = find_word(history_kinds, kinds, column_text(rows, 1));
    const size_t result = find_word(history_results, results, column_text(rows, 2));

    *row = (struct history_row){.id = sqlite3_column_int64(rows, 0),
                                .kind = (enum history_kind)kind,
                                .result = (enum history_result)result,
                                .started_at = column_text(rows, 3),
                                .finished_at = column_text(rows, 4),
                                .run_dir = column_text(rows, 5),
                                .model = column_text(rows, 6),
                                .data_hash = column_text(rows, 7),
                                .adapter = column_text(rows, 8),
                                .seconds = sqlite3_column_type(rows, 9) == SQLITE_NULL
                                               ? NAN
                                               : sqlite3_column_double(rows, 9)};
    if (kind == kinds || result == results || !row->started_at)
        return err_set(err, "%s: run %lld has no %s that is known", query->path, (long long)row->id,
                       kind == kinds       ? "kind"
                       : result == results ? "result"
                                           : "start");
    return true;
}

static bool read_rows(const struct query *query,
                      bool (*take)(void *context, const struct history_row *row, struct err *err),
                      void *context, struct err *err)
{
    struct figure_list *list = mem_zero(1, sizeof *list);
    sqlite3_stmt *rows = NULL, *figures = NULL;
    struct history_row row;
    int step;
    bool good =
        (sqlite3_prepare_v2(query->db,
                            "SELECT id, kind, result, started_at, finished_at, run_dir, model,"
                            " data_hash, adapter, seconds FROM runs ORDER BY id",
                            -1, &rows, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2(query->db,
                            "SELECT name, value FROM figures WHERE run_id = ? ORDER BY name", -1,
                            &figures, NULL) == SQLITE_OK) ||
        fail(query, err);

    while (good && (step = sqlite3_step(rows)) != SQLITE_DONE) {
        good = step == SQLITE_ROW || fail(query, err);
        good = good && read_row(query, rows, &row, err) &&
               read_figures(query, figures, row.id, list, err);
        row.figures = list->items;
        row.count = list->count;
        good = good && take(context, &row, err);
    }
    sqlite3_finalize(rows);
    sqlite3_finalize(figures);
    buffer_release(&list->names);
    mem_free(list);
    return good;
}

bool history_rows(const char *path,
                  bool (*take)(void *context, const struct history_row *row, struct err *err),
                  void *context, struct err *err)
{
    struct query query;
    bool good;

    if (!open_query(&query, path, err)) return false;
    good = query.empty || read_rows(&query, take, context, err);
    sqlite3_close(query.db);
    return good;
}
