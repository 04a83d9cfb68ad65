/* Merges on their way into a tokenizer, some dozens at a time: looking up the three tokens of each
 * is waiting for memory, and so they are all asked for before the first is needed. */
#ifndef TOKENS_MERGE_ROWS_H
#define TOKENS_MERGE_ROWS_H

#include "tokens/parts.h"

#define MERGE_ROWS 64

struct merge_row {
    size_t at, left_len, len; /* the bytes of both halves, in bytes */
    uint64_t left_hash, right_hash;
    bool foreign; /* then the halves stand there as they are written */
    token_id left, right;
};

struct merge_rows {
    struct tokenizer *tokenizer; /* borrowed */
    struct merge_row rows[MERGE_ROWS];
    size_t count;
    struct buffer bytes;
    uint32_t rank;       /* of the first row */
    token_id id;         /* what the last merge made, TOKEN_NONE at first */
    struct buffer shown; /* after a failure: the merge as it is written */
};

void merge_rows_init(struct merge_rows *batch, struct tokenizer *tokenizer);

/* Takes the next merge, its halves as they are written. NULL, or why not; the merge that is wrong,
 * this or an earlier one, is then in shown. */
const char *merge_rows_add(struct merge_rows *batch, const struct text halves[2]);

/* 'left right', with exactly one space. */
const char *merge_rows_add_text(struct merge_rows *batch, struct text merge);

/* Puts what is left into the tokenizer. */
const char *merge_rows_flush(struct merge_rows *batch);
void merge_rows_release(struct merge_rows *batch);

#endif
