#include "stream/stream_narrow.h"

#include "core/memory.h"
#include "gemm/gemm.h"
#include "stream/stream_cpu.h"

#include <assert.h>
#include <string.h>

enum {
    MOST_ROWS = 32,               /* of the matrix, taken together */
    LINE_LD = NARROW_PIECE + 32,  /* so that the rows do not share their places in the caches */
    PARTS = 8 * NARROW_SLAB * 16, /* unfinished sums */
    NEAR = 128 << 10,             /* bytes of rows that may be fetched while others are at work */
    AHEAD = 1 << 10               /* bytes along a row that are fetched where rows are longer */
};

#if defined(__x86_64__)
extern const struct stream_narrow stream_amx, stream_avx512bf16;
#endif

static const struct stream_narrow *const kinds[] = {
#if defined(__x86_64__)
    &stream_amx,
    &stream_avx512bf16,
#endif
    NULL,
};

const struct stream_narrow *stream_narrow_at(size_t index)
{
    return kinds[index];
}

const struct stream_narrow *stream_narrow_get(void)
{
    const enum cpu_level needs = kernel_get(PRECISION_BF16)->needs;
    const struct stream_narrow *narrow;
    size_t index = 0;

    while ((narrow = stream_narrow_at(index)) && narrow->needs != needs) index++;
    return narrow;
}

struct job {
    const struct stream_narrow *narrow;
    const struct matrix *w;
    size_t share; /* rows of a piece */
    size_t M, ldx, ldy, ld;
    const float *x;
    bf16 *slabs;
    float *y;
    bool add;
    struct team *team;
};

struct scratch {
    float parts[PARTS];
    float sums[NARROW_SLAB * STRIP];
    bf16 lines[MOST_ROWS * LINE_LD];
    const unsigned char *rows[MOST_ROWS];
    uint64_t row;
    size_t count;
    ptrdiff_t ahead;
};

static size_t less(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t pieces_of(size_t whole, size_t size)
{
    return (whole + size - 1) / size;
}

static struct narrow_piece slab_of(const struct job *job, size_t m)
{
    return (struct narrow_piece){
        .x = job->slabs + m * job->ld, .M = less(job->M - m, NARROW_SLAB), .ld = job->ld};
}

static void take(void *context, size_t number, size_t thread)
{
    const struct job *job = context;
    const size_t lines = pieces_of(job->M, NARROW_LINE);
    const size_t m = number % lines * NARROW_LINE, k = number / lines * NARROW_PIECE;
    const size_t slab = m / NARROW_SLAB * NARROW_SLAB;
    struct narrow_piece piece = slab_of(job, slab);

    (void)thread;
    piece.k = k;
    piece.count = less((size_t)job->w->cols - k, NARROW_PIECE);
    job->narrow->take(&piece, m - slab, less(job->M - m, NARROW_LINE), job->x + m * job->ldx + k,
                      job->ldx, job->slabs + slab * job->ld);
}

/* Bytes to the same place in the rows that come next, or along the row. */
static ptrdiff_t ahead_of(const struct job *job, const struct scratch *scratch)
{
    const size_t rows = job->narrow->rows;

    if (rows * job->w->stride > NEAR) return AHEAD;
    if (job->w->rows - scratch->row <= rows) return 0;
    return matrix_row(job->w, scratch->row + rows) - matrix_row(job->w, scratch->row);
}

/* Rows beyond the last are the last once more. */
static uint64_t row_at(const struct scratch *scratch, size_t r)
{
    return scratch->row + (r < scratch->count ? r : scratch->count - 1);
}

/* Elements k to k + count of a row, with zeros up to a whole step. */
static void copy_row(const struct job *job, uint64_t row, size_t k, size_t count, bf16 *line)
{
    matrix_to_bf16(job->w, row, k, count, line);
    memset(line + count, 0, (pieces_of(count, NARROW_STEP) * NARROW_STEP - count) * sizeof *line);
}

/* Lines beyond the last row are left as they are: their sums go nowhere. */
static void copy_rows(const struct job *job, size_t k, size_t count, struct scratch *scratch)
{
    for (size_t r = 0; r < job->narrow->rows; r++) {
        bf16 *line = scratch->lines + r * LINE_LD;

        scratch->rows[r] = (const unsigned char *)line;
        if (r < scratch->count) copy_row(job, scratch->row + r, k, count, line);
    }
}

static bool may_stay(const struct job *job, const struct scratch *scratch)
{
    return !job->w->heads_permuted && (!job->narrow->evenly || scratch->count == job->narrow->rows);
}

/* All of k that can be read where it stands, from k on. */
static size_t go_straight(const struct job *job, size_t k, struct narrow_piece *piece,
                          struct scratch *scratch)
{
    const size_t whole = (size_t)job->w->cols / NARROW_STEP * NARROW_STEP;

    piece->ahead = scratch->ahead;
    for (; k < whole; k += piece->count) {
        for (size_t r = 0; r < job->narrow->rows; r++)
            scratch->rows[r] = matrix_row(job->w, row_at(scratch, r)) + k * sizeof(bf16);
        piece->k = k;
        piece->count = less(whole - k, job->narrow->chunk);
        piece->first = k == 0;
        job->narrow->tile(piece, scratch->parts);
    }
    piece->ahead = 0;
    return k;
}

static void add_up(const struct job *job, struct narrow_piece piece, struct scratch *scratch)
{
    const size_t cols = (size_t)job->w->cols;
    size_t k = 0;

    piece.rows = scratch->rows;
    if (cols == 0) memset(scratch->parts, 0, sizeof scratch->parts);
    if (may_stay(job, scratch)) k = go_straight(job, k, &piece, scratch);
    for (; k < cols; k += NARROW_PIECE) {
        const size_t count = less(cols - k, NARROW_PIECE);

        copy_rows(job, k, count, scratch);
        piece.k = k;
        piece.count = pieces_of(count, NARROW_STEP) * NARROW_STEP;
        piece.first = k == 0;
        job->narrow->tile(&piece, scratch->parts);
    }
    job->narrow->fold(piece.M, scratch->parts, scratch->sums);
}

static void put(const struct job *job, size_t m, size_t M, const struct scratch *scratch)
{
    for (size_t i = 0; i < M; i++) {
        float *y = job->y + (m + i) * job->ldy + scratch->row;
        const float *sums = scratch->sums + i * STRIP;

        for (size_t r = 0; r < scratch->count; r++) y[r] = job->add ? y[r] + sums[r] : sums[r];
    }
}

static void work(void *context, size_t number, size_t thread)
{
    const struct job *job = context;
    const struct stream_narrow *narrow = job->narrow;
    struct scratch *scratch = team_scratch(job->team, thread, sizeof *scratch);
    const uint64_t begin = number * job->share;
    const uint64_t end = job->w->rows - begin < job->share ? job->w->rows : begin + job->share;

    if (narrow->enter) narrow->enter();
    for (uint64_t row = begin; row < end; row += narrow->rows) {
        scratch->row = row;
        scratch->count = less((size_t)(end - row), narrow->rows);
        scratch->ahead = ahead_of(job, scratch);
        for (size_t m = 0; m < job->M; m += NARROW_SLAB) {
            const struct narrow_piece slab = slab_of(job, m);

            add_up(job, slab, scratch);
            put(job, m, slab.M, scratch);
        }
    }
    if (narrow->leave) narrow->leave();
}

void stream_narrow_product(const struct stream_narrow *narrow, struct team *team,
                           const struct matrix *w, size_t M, const float *x, size_t ldx, float *y,
                           size_t ldy, bool add)
{
    const size_t K = (size_t)w->cols, ld = gemm_ld(K), lines = pieces_of(M, NARROW_LINE);
    struct job job = {.narrow = narrow,
                      .w = w,
                      .share = stream_share(w, narrow->rows, team_size(team)),
                      .M = M,
                      .ldx = ldx,
                      .ldy = ldy,
                      .ld = ld,
                      .x = x,
                      .add = add,
                      .team = team};

    assert(w->form == MATRIX_STORED && w->dtype == DTYPE_BF16);
    if (M == 0 || w->rows == 0) return;
    job.y = y;
    job.slabs = mem_aligned(lines * NARROW_LINE * ld * sizeof *job.slabs);
    team_run(team, lines * pieces_of(K, NARROW_PIECE), take, &job);
    team_run(team, (size_t)((w->rows + job.share - 1) / job.share), work, &job);
    mem_free(job.slabs);
}
