#include "sources/debates.h"

#include "records/database.h"
#include "records/value.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

#define FULL ((size_t)256 << 10)
#define BUSY_MS 5000
#define HEAP_LIMIT ((sqlite3_int64)512 << 20)

static bool fail(struct debates *d, struct err *err, const char *what)
{
    int code = d->db ? sqlite3_extended_errcode(d->db) : SQLITE_NOMEM;

    if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY_CANTINIT || code == 1544 ||
        code == SQLITE_CANTOPEN_DIRTYWAL)
        return err_set(err, "%s: %s: %s; if nothing writes to it, --immutable reads it as it is",
                       d->path, what, sqlite3_errmsg(d->db));
    return err_set(err, "%s: %s: %s", d->path, what,
                   d->db ? sqlite3_errmsg(d->db) : "out of memory");
}

/* A hostile file may hold views, triggers and sizes that are meant to hurt. */
static bool restrict_database(struct debates *d, struct err *err)
{
    database_restrict(d->db, BUSY_MS);
    sqlite3_hard_heap_limit64(HEAP_LIMIT);
    if (sqlite3_exec(d->db, "PRAGMA query_only=1; PRAGMA cell_size_check=1; PRAGMA mmap_size=0",
                     NULL, NULL, NULL) != SQLITE_OK)
        return fail(d, err, "cannot be read");
    return true;
}

static bool has_column(struct debates *d, const char *table, const char *column)
{
    return sqlite3_table_column_metadata(d->db, "main", table, column, NULL, NULL, NULL, NULL,
                                         NULL) == SQLITE_OK;
}

static bool check_schema(struct debates *d, struct err *err)
{
    static const char *const needed[][2] = {{"debates", "id"},
                                            {"debates", "status"},
                                            {"training_pairs", "debate_id"},
                                            {"training_pairs", "prompt"},
                                            {"training_pairs", "chosen"},
                                            {"training_pairs", "rejected"}};

    if (sqlite3_exec(d->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) != SQLITE_OK)
        return fail(d, err, "cannot be read");
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!has_column(d, needed[i][0], needed[i][1]))
            return err_set(err, "%s: no column '%s' in a table '%s': name the rows with --query",
                           d->path, needed[i][1], needed[i][0]);
    return true;
}

static void default_query(struct debates *d, struct buffer *sql)
{
    bool topic = has_column(d, "debates", "topic") && !has_column(d, "training_pairs", "topic");
    bool source = has_column(d, "training_pairs", "source");
    bool rowid = has_column(d, "training_pairs", "rowid");

    buffer_format(sql,
                  "SELECT p.*%s%s FROM training_pairs AS p "
                  "JOIN debates AS d ON d.id = p.debate_id WHERE d.status = 'completed' "
                  "ORDER BY p.%s",
                  topic ? ", d.topic AS topic" : "",
                  source ? "" : ", 'debate:' || p.debate_id AS source",
                  rowid ? "rowid" : "debate_id");
    buffer_byte(sql, '\0');
}

static bool prepare(struct debates *d, const char *query, struct err *err)
{
    const char *rest;

    if (sqlite3_prepare_v2(d->db, query, -1, &d->rows, &rest) != SQLITE_OK)
        return fail(d, err, "the query fails");
    d->query_refused = true;
    if (!d->rows || rest[strspn(rest, " \t\r\n;")])
        return err_set(err, "%s: the query must be exactly one statement", d->path);
    if (!sqlite3_column_count(d->rows) || !sqlite3_stmt_readonly(d->rows))
        return err_set(err, "%s: the query must be a SELECT", d->path);
    d->query_refused = false;
    return true;
}

bool debates_open(struct debates *debates, const char *path, const char *query, bool immutable,
                  struct err *err)
{
    struct buffer uri = {0}, sql = {0};
    bool done;

    *debates = (struct debates){.path = path};
    database_uri(&uri, path, immutable);
    done = sqlite3_open_v2(uri.at, &debates->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) ==
           SQLITE_OK;
    buffer_release(&uri);
    if (debates->db) sqlite3_extended_result_codes(debates->db, 1);
    done = done ? restrict_database(debates, err) : fail(debates, err, "cannot be opened");
    if (done && !query && (done = check_schema(debates, err))) default_query(debates, &sql);
    done = done && prepare(debates, query ? query : sql.at, err);
    buffer_release(&sql);
    if (!done) {
        const bool refused = debates->query_refused;

        debates_close(debates);
        debates->query_refused = refused;
    }
    return done;
}

void debates_close(struct debates *debates)
{
    sqlite3_finalize(debates->rows);
    sqlite3_close(debates->db);
    *debates = (struct debates){0};
}

static bool is_utf8(const char *at, size_t len)
{
    const char *end = at + len;

    while (at < end) {
        size_t run = (unsigned char)*at < 0x80 ? 1 : utf8_run(at, end);

        if (!run) return false;
        at += run;
    }
    return true;
}

/* Appends the column's value, or says what it is that JSON cannot hold. */
static const char *add_value(struct debates *d, int column, struct buffer *out)
{
    int type = sqlite3_column_type(d->rows, column);
    struct text text;

    if (type == SQLITE_BLOB) return "a blob";
    if (type == SQLITE_INTEGER) {
        buffer_format(out, "%lld", (long long)sqlite3_column_int64(d->rows, column));
    } else if (type == SQLITE_FLOAT) {
        if (!isfinite(sqlite3_column_double(d->rows, column))) return "an infinite number";
        number_write(out, sqlite3_column_double(d->rows, column));
    } else {
        text.at = (const char *)sqlite3_column_text(d->rows, column);
        text.len = (size_t)sqlite3_column_bytes(d->rows, column);
        if (!text.at || !is_utf8(text.at, text.len)) return "bytes that are not UTF-8";
        text_quote(out, text);
    }
    return NULL;
}

/* A row that cannot be written as JSON leaves the words that say why in its place. */
static void add_row(struct debates *d, struct line_block *block)
{
    struct buffer *out = &block->text;
    size_t begin = out->len;
    const char *bad = NULL;
    int columns = sqlite3_column_count(d->rows), i = 0;

    buffer_byte(out, '{');
    for (; i < columns && !bad; i++) {
        if (sqlite3_column_type(d->rows, i) == SQLITE_NULL) {
            if (strcmp(sqlite3_column_name(d->rows, i), "prompt") == 0) bad = "NULL";
            continue;
        }
        if (out->len > begin + 1) buffer_byte(out, ',');
        text_quote(out, text_of(sqlite3_column_name(d->rows, i)));
        buffer_byte(out, ':');
        bad = add_value(d, i, out);
    }
    buffer_byte(out, '}');
    if (bad) {
        out->len = begin;
        buffer_format(out, "column '%.80s' holds %s", sqlite3_column_name(d->rows, i - 1), bad);
        buffer_byte(out, '\0');
    }
    line_block_mark(block, begin, ++d->row, bad ? line_problem_inside : NULL);
}

int debates_next(struct debates *debates, struct line_block *block, struct err *err)
{
    block->count = block->text.len = 0;
    while (!debates->done && block->text.len < FULL) {
        int got = sqlite3_step(debates->rows);

        if (got == SQLITE_ROW) {
            add_row(debates, block);
            if (sqlite3_errcode(debates->db) != SQLITE_NOMEM) continue;
            fail(debates, err, "reading stopped"); /* or a good row would pass for a bad one */
            return -1;
        } else if (got == SQLITE_DONE) {
            debates->done = true;
        } else {
            fail(debates, err, "reading stopped");
            return -1;
        }
    }
    line_block_settle(block);
    return block->count > 0;
}
