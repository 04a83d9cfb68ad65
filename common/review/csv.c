#include "review/csv.h"

#include <string.h>

static char separator_of(struct text text)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];

        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n') break;
        commas += c == ',';
        semicolons += c == ';';
        tabs += c == '\t';
    }
    if (tabs > commas && tabs > semicolons) return '\t';
    return semicolons > commas ? ';' : ',';
}

void csv_begin(struct csv *csv, struct text text, struct buffer *words)
{
    *csv = (struct csv){.rest = text, .separator = separator_of(text), .line = 1, .words = words};
    buffer_reserve(words, text.len); /* cells only become shorter: nothing moves */
}

static void pass(struct csv *csv, size_t len)
{
    csv->rest.at += len;
    csv->rest.len -= len;
}

static bool at_end(const struct csv *csv)
{
    const struct text rest = csv->rest;

    return !rest.len || rest.at[0] == csv->separator || rest.at[0] == '\n' ||
           (rest.at[0] == '\r' && (rest.len == 1 || rest.at[1] == '\n'));
}

/* From behind the opening quote to behind the closing one. */
static bool quoted_cell(struct csv *csv, struct text *cell, struct err *err)
{
    const uint64_t opened = csv->line;
    const size_t begin = csv->words->len;

    for (;; pass(csv, 1)) {
        if (!csv->rest.len) {
            csv->line = opened;
            return err_set(err, "a quote is opened and never closed");
        }
        if (csv->rest.at[0] == '\n') csv->line++;
        if (csv->rest.at[0] == '"') {
            pass(csv, 1);
            if (!csv->rest.len || csv->rest.at[0] != '"') break;
        }
        buffer_byte(csv->words, csv->rest.at[0]);
    }
    *cell = buffer_part(csv->words, begin, csv->words->len);
    if (at_end(csv)) return true;
    return err_set(err, "text behind a closing quote: a quote within a cell is doubled");
}

static bool cell_next(struct csv *csv, struct text *cell, struct err *err)
{
    if (csv->rest.len && csv->rest.at[0] == '"') {
        pass(csv, 1);
        return quoted_cell(csv, cell, err);
    }
    *cell = (struct text){csv->rest.at, 0};
    for (; !at_end(csv); pass(csv, 1)) cell->len++;
    return true;
}

static bool row_read(struct csv *csv, struct csv_row *row, struct err *err)
{
    row->count = 0;
    row->line = csv->line;
    do {
        if (row->count) pass(csv, 1);
        if (row->count == CSV_CELLS) return err_set(err, "more than %d cells", CSV_CELLS);
        if (!cell_next(csv, &row->cells[row->count++], err)) return false;
    } while (csv->rest.len && csv->rest.at[0] == csv->separator);
    if (csv->rest.len && csv->rest.at[0] == '\r') pass(csv, 1);
    if (csv->rest.len) pass(csv, 1);
    csv->line++;
    return true;
}

static bool is_blank(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].len) return false;
    return true;
}

int csv_next(struct csv *csv, struct csv_row *row, struct err *err)
{
    while (csv->rest.len) {
        if (!row_read(csv, row, err)) return -1;
        if (!is_blank(row)) return 1;
    }
    return 0;
}

static bool is_formula(struct text cell)
{
    return cell.len && strchr("=+-@\t\r\n", cell.at[0]) && cell.at[0];
}

void csv_add(struct buffer *out, struct text cell)
{
    buffer_byte(out, '"');
    if (is_formula(cell)) buffer_byte(out, '\'');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.at[i] == '"') buffer_byte(out, '"');
        buffer_byte(out, cell.at[i] ? cell.at[i] : ' '); /* no reader likes NUL */
    }
    buffer_byte(out, '"');
}

struct text csv_plain(struct text cell)
{
    const struct text rest = cell.len ? (struct text){cell.at + 1, cell.len - 1} : cell;

    return cell.len && cell.at[0] == '\'' && is_formula(rest) ? rest : cell;
}
