#include "fold/rows.h"

#include "fold/rounded.h"
#include "gemm/kernel.h"

#include <math.h>
#include <string.h>

/* Of a block of rows, each part [count, columns]. */
struct block {
    const struct rows *rows;
    uint64_t first;
    size_t count, columns;
    float *base, *value, *total, *delta, *left;
};

static size_t strips_of(uint64_t columns)
{
    return (columns + STRIP - 1) / STRIP;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Ranks that are taken at once. */
static size_t depth_of(size_t rank)
{
    const size_t most = kernel_get(PRECISION_F32)->depth / STRIP_DEPTH * STRIP_DEPTH;

    return least(rank, most);
}

static size_t strip_floats(size_t depth)
{
    return strip_bytes(PRECISION_F32, depth) / sizeof(float);
}

static size_t columns_of(const struct term *term, const struct matrix *right)
{
    return term->embedding ? right->rows : right->cols;
}

void term_pack(struct term *term, const struct matrix *right)
{
    const size_t columns = columns_of(term, right), strips = strips_of(columns);
    const size_t depth = depth_of(term->rank);
    char *scratch = mem_aligned(strip_scratch(depth, strips));
    float *at;

    term->strips = mem_aligned(mem_product(strips * ((term->rank + depth - 1) / depth),
                                           strip_bytes(PRECISION_F32, depth)));
    at = term->strips;
    for (size_t k = 0; k < term->rank; k += depth) {
        const size_t count = least(term->rank - k, depth);

        if (!term->embedding)
            strips_of_columns(PRECISION_F32, right, k, count, 0, strips, at, scratch);
        for (size_t n = 0; n < strips && term->embedding; n++)
            strip_of_rows(PRECISION_F32, right, n * STRIP, least(columns - n * STRIP, STRIP), k,
                          count, at + n * strip_floats(count), scratch);
        at += strips * strip_floats(count);
    }
    mem_free(scratch);
}

void term_release(struct term *term)
{
    mem_free(term->strips);
    mem_free((void *)term->length);
    mem_free((void *)term->addend);
    *term = (struct term){0};
}

static size_t rank_of(const struct rows *rows)
{
    size_t rank = 1;

    for (size_t i = 0; i < rows->count; i++)
        if (rows->terms[i].rank > rank) rank = rows->terms[i].rank;
    return rank;
}

size_t rows_scratch(const struct rows *rows, size_t count)
{
    return (count * (4 * rows->source.cols + 2 * rank_of(rows)) + 4L * STRIP) * sizeof(float);
}

size_t rows_bytes(const struct rows *rows, size_t count)
{
    return count * rows->source.cols * dtype_info(rows->dtype)->bytes;
}

/* The factors of each row, one after the other: of the embedding they are a column of A. */
static void take_left(const struct block *block, const struct term *term)
{
    float *column = block->left + block->count * term->rank;

    for (size_t i = 0; i < block->count && !term->embedding; i++)
        matrix_to_f32(&term->left, block->first + i, 0, term->rank, block->left + i * term->rank);
    for (size_t k = 0; k < term->rank && term->embedding; k++) {
        matrix_to_f32(&term->left, k, block->first, block->count, column);
        for (size_t i = 0; i < block->count; i++) block->left[i * term->rank + k] = column[i];
    }
}

static void multiply(const struct block *block, const struct term *term)
{
    const struct kernel *kernel = kernel_get(PRECISION_F32);
    const size_t depth = depth_of(term->rank);
    const float *strip = term->strips;

    take_left(block, term);
    for (size_t k = 0; k < term->rank; k += depth) {
        const size_t count = least(term->rank - k, depth);

        for (size_t n = 0; n < block->columns; n += STRIP, strip += strip_floats(count))
            kernel->multiply(block->count, least(block->columns - n, STRIP), count, block->left + k,
                             term->rank, strip, block->delta + n, block->columns, k > 0);
    }
}

/* Without the scale. */
static void find_delta(const struct block *block, const struct term *term)
{
    if (term->rank > 0)
        multiply(block, term);
    else
        memcpy(block->delta, term->addend + block->first,
               block->count * block->columns * sizeof(float));
}

/* As torch sums a row that lies in one piece: eight lanes, then these one after the other, then
 * what is left. */
static float length_of(const float *row, size_t columns)
{
    const size_t whole = columns - columns % 8;
    float lanes[8] = {0}, sum;

    for (size_t i = 0; i < whole; i += 8)
        for (size_t lane = 0; lane < 8; lane++) lanes[lane] += row[i + lane] * row[i + lane];
    sum = lanes[0];
    for (size_t lane = 1; lane < 8; lane++) sum += lanes[lane];
    for (size_t i = whole; i < columns; i++) sum += row[i] * row[i];
    return sqrtf(sum);
}

static void lengthen(const struct block *block, const struct term *term)
{
    for (size_t i = 0; i < block->count; i++) {
        const float *base = block->base + i * block->columns;
        float *value = block->value + i * block->columns;
        float *total = block->total + i * block->columns;
        const float *delta = block->delta + i * block->columns;
        float factor;

        for (size_t j = 0; j < block->columns; j++) value[j] += delta[j];
        factor = term->length[block->first + i] / length_of(value, block->columns);
        for (size_t j = 0; j < block->columns; j++) {
            value[j] *= factor;
            total[j] = value[j] - base[j];
        }
    }
}

static void apply(const struct block *block, const struct term *term)
{
    const size_t elements = block->count * block->columns;
    const enum dtype dtype = block->rows->dtype;
    const enum rounding rounding = block->rows->rounding;
    float *value = block->value, *total = block->total, *delta = block->delta;

    find_delta(block, term);
    for (size_t i = 0; i < elements; i++) delta[i] *= term->scale;
    if (term->length) {
        lengthen(block, term);
        return;
    }
    for (size_t i = 0; i < elements; i++) total[i] += delta[i];
    if (rounding != ROUND_ONCE && term->rank > 0 && (term->embedding || rounding == ROUND_SAFE))
        rounded_run(dtype, delta, elements);
    for (size_t i = 0; i < elements; i++) value[i] += delta[i];
    if (rounding != ROUND_ONCE) rounded_run(dtype, value, elements);
}

static struct block block_of(const struct rows *rows, uint64_t first, size_t count, float *scratch)
{
    const size_t columns = rows->source.cols, elements = count * columns;

    return (struct block){.rows = rows,
                          .first = first,
                          .count = count,
                          .columns = columns,
                          .base = scratch,
                          .value = scratch + elements,
                          .total = scratch + 2 * elements,
                          .delta = scratch + 3 * elements,
                          .left = scratch + 4 * elements};
}

/* One term that is added and rounded once: what nearly all weights need, in one pass. */
static void fold_plain(const struct block *block, unsigned char *out, struct fold_tally *tally)
{
    const struct term *term = block->rows->terms;

    find_delta(block, term);
    rounded_pack_sum(block->rows->dtype,
                     &(struct rounded_sum){block->base, block->delta, term->scale,
                                           block->count * block->columns},
                     out, tally);
}

static void fold_any(const struct block *block, unsigned char *out, struct fold_tally *tally)
{
    const struct rows *rows = block->rows;
    const size_t elements = block->count * block->columns;

    memcpy(block->value, block->base, elements * sizeof(float));
    memset(block->total, 0, elements * sizeof(float));
    if (rows->rounding != ROUND_ONCE) rounded_run(rows->dtype, block->value, elements);
    for (size_t i = 0; i < rows->count; i++) apply(block, &rows->terms[i]);
    rounded_pack_told(rows->dtype,
                      &(struct rounded_told){block->base, block->value, block->total, elements},
                      out, tally);
}

void rows_fold(const struct rows *rows, uint64_t first, size_t count, unsigned char *out,
               void *scratch, struct fold_tally *tally)
{
    const struct block block = block_of(rows, first, count, scratch);
    const size_t elements = count * block.columns;

    for (size_t i = 0; i < count; i++)
        matrix_to_f32(&rows->source, first + i, 0, block.columns, block.base + i * block.columns);
    if (rows->count == 0)
        tally->infinite |= !rounded_pack(rows->dtype, block.base, elements, out);
    else if (rows->count == 1 && rows->rounding == ROUND_ONCE && !rows->terms[0].length)
        fold_plain(&block, out, tally);
    else
        fold_any(&block, out, tally);
}

void fold_tally_add(struct fold_tally *to, const struct fold_tally *more)
{
    to->weights += more->weights;
    to->lost += more->lost;
    if (more->worst > to->worst) to->worst = more->worst;
    to->infinite |= more->infinite;
}
