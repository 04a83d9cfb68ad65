/* Databases nobody vouches for. The first byte chooses:
 *   even: the rest is the file, as it stands;
 *   odd:  the rest fills the cells of a good database, whose rows must come out as they went in,
 *         or be refused where JSON cannot hold them.
 * A cell is a kind (null, integer, real, text, blob), a length and that many bytes. */
#include "sources/debates.h"
#include "fuzz/scratch.h"
#include "records/value.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

enum { CELLS = 5, ROWS = 8 };

static const char *const names[CELLS] = {"id", "prompt", "chosen", "rejected", "note"};

struct cell {
    int type;
    size_t len;
    const char *bytes;
};

static struct cell cells[ROWS][CELLS];

/* Column names of the file may be the same but for bytes that are not UTF-8. */
static void check_line(struct scan *scan, const struct line *line, bool ours)
{
    bool scanned = scan_json(scan, line->at, line->len);

    demand(scanned || (!ours && strcmp(scan->problem, "an object with the same key twice") == 0));
    demand(!scanned || scan->root.kind == KIND_OBJECT);
}

static void read_any(const char *query)
{
    struct line_block block = {0};
    struct debates debates;
    struct scan scan = {0};
    struct err err;

    if (!debates_open(&debates, scratch, query, true, &err)) return;
    while (debates_next(&debates, &block, &err) == 1)
        for (size_t i = 0; i < block.count; i++)
            if (!block.lines[i].problem) check_line(&scan, &block.lines[i], false);
    debates_close(&debates);
    line_block_release(&block);
    scan_release(&scan);
}

static size_t take_cells(const uint8_t *data, size_t size)
{
    size_t count = 0;

    for (; count < (size_t)ROWS * CELLS && size >= 2; count++) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;

        cells[count / CELLS][count % CELLS] =
            (struct cell){data[0] % 5, len, (const char *)data + 2};
        data += 2 + len;
        size -= 2 + len;
    }
    return count / CELLS;
}

static uint64_t number_in(const struct cell *cell)
{
    uint64_t bits = 0;

    memcpy(&bits, cell->bytes, cell->len < sizeof bits ? cell->len : sizeof bits);
    return bits;
}

static double real_in(const struct cell *cell)
{
    uint64_t bits = number_in(cell);
    double real;

    memcpy(&real, &bits, sizeof real);
    return real;
}

static void bind(sqlite3_stmt *insert, int at, const struct cell *cell)
{
    switch (cell->type) {
    case 0: sqlite3_bind_null(insert, at); break;
    case 1: sqlite3_bind_int64(insert, at, (sqlite3_int64)number_in(cell)); break;
    case 2: sqlite3_bind_double(insert, at, real_in(cell)); break;
    case 3: sqlite3_bind_text(insert, at, cell->bytes, (int)cell->len, SQLITE_STATIC); break;
    default: sqlite3_bind_blob(insert, at, cell->bytes, (int)cell->len, SQLITE_STATIC);
    }
}

static void build(size_t rows)
{
    sqlite3_stmt *insert;
    sqlite3 *db;

    scratch_write(NULL, 0);
    demand(sqlite3_open(scratch, &db) == SQLITE_OK);
    demand(sqlite3_exec(db,
                        "PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA page_size=512;"
                        "BEGIN; CREATE TABLE debates(id, status);"
                        "CREATE TABLE training_pairs(id, prompt, chosen, rejected, note,"
                        " debate_id); INSERT INTO debates VALUES('d','completed');",
                        NULL, NULL, NULL) == SQLITE_OK);
    demand(sqlite3_prepare_v2(db, "INSERT INTO training_pairs VALUES(?,?,?,?,?,'d')", -1, &insert,
                              NULL) == SQLITE_OK);
    for (size_t row = 0; row < rows; row++) {
        for (int i = 0; i < CELLS; i++) bind(insert, i + 1, &cells[row][i]);
        demand(sqlite3_step(insert) == SQLITE_DONE && sqlite3_reset(insert) == SQLITE_OK);
    }
    sqlite3_finalize(insert);
    demand(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

static bool is_text(const struct cell *cell)
{
    const char *at = cell->bytes, *end = at + cell->len;

    while (at < end) {
        size_t run = (unsigned char)*at < 0x80 ? 1 : utf8_run(at, end);

        if (!run) return false;
        at += run;
    }
    return true;
}

/* A NaN is NULL to SQLite. */
static bool is_null(const struct cell *cell)
{
    return cell->type == 0 || (cell->type == 2 && isnan(real_in(cell)));
}

static bool is_refused(const struct cell *row)
{
    if (is_null(&row[1])) return true;
    for (int i = 0; i < CELLS; i++)
        if (row[i].type == 4 || (row[i].type == 3 && !is_text(&row[i])) ||
            (row[i].type == 2 && isinf(real_in(&row[i]))))
            return true;
    return false;
}

/* Other NULLs than a prompt are left out. */
static void check_cell(struct scan *scan, const char *name, const struct cell *cell)
{
    const struct member *member = scan_member(scan, name);
    double number;

    if (is_null(cell)) {
        demand(!member);
        return;
    }
    demand(member != NULL);
    if (cell->type == 3) {
        demand(value_is(&member->value, (struct text){cell->bytes, cell->len}));
    } else {
        demand(value_number(&member->value, &number));
        demand(number ==
               (cell->type == 2 ? real_in(cell) : (double)(sqlite3_int64)number_in(cell)));
    }
}

static void read_ours(size_t rows)
{
    struct line_block block = {0};
    struct debates debates;
    struct scan scan = {0};
    struct err err;
    size_t row = 0;

    demand(debates_open(&debates, scratch, NULL, true, &err));
    while (debates_next(&debates, &block, &err) == 1)
        for (size_t i = 0; i < block.count; i++, row++) {
            demand(row < rows && !block.lines[i].problem == !is_refused(cells[row]));
            if (block.lines[i].problem) continue;
            check_line(&scan, &block.lines[i], true);
            for (int c = 0; c < CELLS; c++) check_cell(&scan, names[c], &cells[row][c]);
            demand(value_is(&scan_member(&scan, "source")->value, TEXT("debate:d")));
        }
    demand(row == rows);
    debates_close(&debates);
    line_block_release(&block);
    scan_release(&scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    if (data[0] & 1) {
        size_t rows = take_cells(data + 1, size - 1);

        build(rows);
        read_ours(rows);
    } else {
        scratch_write(data + 1, size - 1);
        read_any(NULL);
        read_any("SELECT * FROM training_pairs");
    }
    return 0;
}
