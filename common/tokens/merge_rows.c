#include "tokens/merge_rows.h"

#include "bpe/alphabet.h"

#include <string.h>

void merge_rows_init(struct merge_rows *batch, struct tokenizer *tokenizer)
{
    *batch = (struct merge_rows){.tokenizer = tokenizer, .id = TOKEN_NONE};
}

void merge_rows_release(struct merge_rows *batch)
{
    buffer_release(&batch->bytes);
    buffer_release(&batch->shown);
}

static struct text left_of(const struct merge_rows *batch, const struct merge_row *row)
{
    return (struct text){batch->bytes.at + row->at, row->left_len};
}

static struct text right_of(const struct merge_rows *batch, const struct merge_row *row)
{
    return (struct text){batch->bytes.at + row->at + row->left_len, row->len - row->left_len};
}

static struct text whole_of(const struct merge_rows *batch, const struct merge_row *row)
{
    return (struct text){batch->bytes.at + row->at, row->len};
}

static const char *fail(struct merge_rows *batch, const struct merge_row *row, const char *problem)
{
    struct text halves[] = {left_of(batch, row), right_of(batch, row)};

    batch->shown.len = 0;
    for (int i = 0; i < 2; i++) {
        if (i) buffer_byte(&batch->shown, ' ');
        if (batch->tokenizer->byte_level && !row->foreign)
            alphabet_write(&batch->shown, halves[i]);
        else
            buffer_add(&batch->shown, halves[i].at, halves[i].len);
    }
    return problem;
}

static bool is_join(const struct vocab *vocab, token_id id, struct text joined)
{
    return vocab_has(vocab, id) && vocab->rows[id].flags == (TOKEN_THERE | TOKEN_MODEL) &&
           vocab->rows[id].len == joined.len &&
           memcmp(vocab_bytes(vocab, id).at, joined.at, joined.len) == 0;
}

static bool is_there(const struct tokenizer *tokenizer, struct text written)
{
    struct buffer bytes = {0};
    bool foreign = !alphabet_read(&bytes, written), there;

    there = vocab_find(&tokenizer->vocab, buffer_content(&bytes), foreign) != TOKEN_NONE;
    buffer_release(&bytes);
    return there;
}

/* A merge of foreign tokens never happens, but all three must be in the vocabulary. */
static const char *check_foreign(struct merge_rows *batch, const struct merge_row *row)
{
    if (!is_there(batch->tokenizer, left_of(batch, row)))
        return "its first half is not in the vocabulary";
    if (!is_there(batch->tokenizer, right_of(batch, row)))
        return "its second half is not in the vocabulary";
    return is_there(batch->tokenizer, whole_of(batch, row))
               ? NULL
               : "what it makes is not in the vocabulary";
}

/* Ids nearly always rise with the ranks, so the next one is looked at before all others. */
static const char *put(struct merge_rows *batch, const struct merge_row *row, uint32_t rank)
{
    struct tokenizer *tokenizer = batch->tokenizer;

    if (rank >= RANK_NONE) return "more than 1048574 merges are not supported";
    if (row->foreign) return check_foreign(batch, row);
    if (row->left == TOKEN_NONE) return "its first half is not in the vocabulary";
    if (row->right == TOKEN_NONE) return "its second half is not in the vocabulary";
    if (!is_join(&tokenizer->vocab, ++batch->id, whole_of(batch, row)))
        batch->id = vocab_find(&tokenizer->vocab, whole_of(batch, row), false);
    if (batch->id == TOKEN_NONE) return "what it makes is not in the vocabulary";
    merges_add(&tokenizer->merges, row->left, row->right, rank, batch->id);
    return NULL;
}

const char *merge_rows_flush(struct merge_rows *batch)
{
    const struct vocab *vocab = &batch->tokenizer->vocab;
    size_t count = batch->count;

    for (size_t i = 0; i < count; i++) {
        vocab_fetch_row(vocab, batch->rows[i].left_hash);
        vocab_fetch_row(vocab, batch->rows[i].right_hash);
    }
    for (size_t i = 0; i < count; i++) {
        struct merge_row *row = &batch->rows[i];

        row->left = vocab_find_hash(vocab, left_of(batch, row), false, row->left_hash);
        row->right = vocab_find_hash(vocab, right_of(batch, row), false, row->right_hash);
        merges_fetch(&batch->tokenizer->merges, row->left, row->right);
    }
    for (size_t i = 0; i < count; i++) {
        const char *problem = put(batch, &batch->rows[i], batch->rank + (uint32_t)i);

        if (problem) return fail(batch, &batch->rows[i], problem);
    }
    batch->rank += (uint32_t)count;
    batch->count = batch->bytes.len = 0;
    return NULL;
}

/* Foreign halves stay as they are written. */
static void add_bytes(struct merge_rows *batch, struct merge_row *row, const struct text halves[2])
{
    struct buffer *bytes = &batch->bytes;

    row->at = bytes->len;
    if (batch->tokenizer->byte_level) {
        row->foreign = !alphabet_read(bytes, halves[0]);
        row->left_len = bytes->len - row->at;
        if (!row->foreign && alphabet_read(bytes, halves[1])) return;
        row->foreign = true;
        bytes->len = row->at;
    }
    buffer_add(bytes, halves[0].at, halves[0].len);
    row->left_len = halves[0].len;
    buffer_add(bytes, halves[1].at, halves[1].len);
}

const char *merge_rows_add(struct merge_rows *batch, const struct text halves[2])
{
    const struct vocab *vocab = &batch->tokenizer->vocab;
    struct merge_row *row = &batch->rows[batch->count++];

    *row = (struct merge_row){0};
    add_bytes(batch, row, halves);
    row->len = batch->bytes.len - row->at;
    row->left_hash = vocab_hash(vocab, left_of(batch, row), false);
    row->right_hash = vocab_hash(vocab, right_of(batch, row), false);
    vocab_fetch_slot(vocab, row->left_hash);
    vocab_fetch_slot(vocab, row->right_hash);
    return batch->count == MERGE_ROWS ? merge_rows_flush(batch) : NULL;
}

const char *merge_rows_add_text(struct merge_rows *batch, struct text merge)
{
    const char *space = memchr(merge.at, ' ', merge.len);
    struct text halves[2] = {merge, TEXT("")};

    if (space) {
        halves[0].len = (size_t)(space - merge.at);
        halves[1] = (struct text){space + 1, merge.len - halves[0].len - 1};
    }
    if (space && !memchr(halves[1].at, ' ', halves[1].len)) return merge_rows_add(batch, halves);
    batch->shown.len = 0;
    buffer_add(&batch->shown, merge.at, merge.len);
    return "not two tokens with a space between them";
}
