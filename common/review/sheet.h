/* A sheet for a blind review: some prompts, each with two answers that do not say whose they are.
 *
 * As a page it is one file for any browser, with keys to choose by; it keeps the choices and saves
 * them as verdicts (review/verdicts.h). As a table it is for a spreadsheet. */
#ifndef REVIEW_SHEET_H
#define REVIEW_SHEET_H

#include "review/blind.h"
#include "review/duels.h"

#define SHEET_BYTES ((size_t)1000000) /* of a page, at most: texts are cut for it */

struct sheet {
    const struct duels *duels; /* borrowed */
    struct blind blind;
    size_t *picks; /* which duels, in the order of the sheet */
    size_t count;
};

/* Draws wanted duels (1..SAMPLE_MOST), or all where there are fewer, stratified by category. */
void sheet_draw(struct sheet *sheet, const struct duels *duels, size_t wanted, uint64_t seed);
void sheet_release(struct sheet *sheet);

/* The duel of a row, and whether its new answer is answer 1. */
size_t sheet_duel(const struct sheet *sheet, size_t row, bool *now_first);

/* 'SEED-FIRST-SECOND', the key of a row's verdict. */
void sheet_key(const struct sheet *sheet, size_t row, struct buffer *key);

/* Returns after how many bytes texts were cut, or 0 where they are whole. */
size_t sheet_page(const struct sheet *sheet, struct buffer *page);
void sheet_table(const struct sheet *sheet, struct buffer *table);

#endif
