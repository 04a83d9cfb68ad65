/* Tables as spreadsheets write them: cells between commas, semicolons or tabs, in double quotes
 * where they hold any of these, a quote (doubled) or a line's end. */
#ifndef REVIEW_CSV_H
#define REVIEW_CSV_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

#define CSV_CELLS 32

struct csv_row {
    struct text cells[CSV_CELLS];
    size_t count;
    uint64_t line; /* the one it begins on, from 1 */
};

struct csv {
    struct text rest;
    char separator;
    uint64_t line;
    struct buffer *words; /* borrowed */
};

/* Finds out what stands between the cells from the first row. The text must outlive the rows;
 * cells that had to be unquoted stand in words. */
void csv_begin(struct csv *csv, struct text text, struct buffer *words);

/* 1 with the next row that is not blank, 0 at the end, -1 with err; it is
 * about csv->line. */
int csv_next(struct csv *csv, struct csv_row *row, struct err *err);

/* Adds a cell. One that a spreadsheet would take for a formula gets an apostrophe in front. */
void csv_add(struct buffer *out, struct text cell);

/* The cell without such an apostrophe. */
struct text csv_plain(struct text cell);

#endif
