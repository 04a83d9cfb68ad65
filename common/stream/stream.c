#include "stream/stream.h"

#include "stream/stream_cpu.h"
#include "stream/stream_narrow.h"

#include <string.h>

enum {
    CHUNK = 512,    /* elements unpacked at a time: with STREAM_ROWS rows they stay in L1 */
    CHUNK_LD = 528, /* so that the rows do not share their places in it */
    SLAB = 32,      /* rows of x taken together */
    AHEAD = 8 << 10 /* least bytes from what is read to what is fetched */
};

struct job {
    const struct stream_cpu *cpu;
    const struct stream_form *form;
    const struct dtype_info *info; /* of what is stored */
    bool floats;                   /* rows need not be unpacked */
    const struct matrix *w;
    size_t share; /* rows of a piece */
    size_t ahead; /* rows from those at work to those that are fetched */
    size_t M, ldx, ldy;
    const float *x;
    float *y;
    bool add;
    struct team *team;
};

struct scratch {
    float parts[SLAB * STREAM_ROWS * STREAM_LANES];
    float lines[STREAM_ROWS * CHUNK_LD]; /* unpacked rows, where at[] points */
    float ends[SLAB * STREAM_STEP];      /* of rows of x, filled up with zeros */
    float sums[SLAB * STREAM_ROWS];
    uint64_t row;
    size_t count;
    const unsigned char *at[STREAM_ROWS], *stored[STREAM_ROWS];
    ptrdiff_t ahead;
};

/* Rows beyond the last are the last once more: their sums go nowhere. */
static uint64_t row_at(const struct scratch *scratch, size_t r)
{
    return scratch->row + (r < scratch->count ? r : scratch->count - 1);
}

static void take_rows(const struct job *job, uint64_t row, size_t count, struct scratch *scratch)
{
    scratch->row = row;
    scratch->count = count;
    scratch->ahead = 0;
    for (size_t r = 0; r < STREAM_ROWS; r++)
        scratch->at[r] = (const unsigned char *)(scratch->lines + r * CHUNK_LD);
    if (!job->form->unpack && !job->floats) return;
    for (size_t r = 0; r < STREAM_ROWS; r++)
        scratch->stored[r] = matrix_row(job->w, row_at(scratch, r));
    if (job->w->rows - row > job->ahead)
        scratch->ahead = matrix_row(job->w, row + job->ahead) - scratch->stored[0];
}

static void unpack(const struct job *job, size_t k, size_t count, struct scratch *scratch)
{
    const size_t offset = k / job->info->elements * job->info->bytes;

    for (size_t r = 0; r < STREAM_ROWS; r++) {
        float *line = scratch->lines + r * CHUNK_LD;

        if (job->form->unpack)
            job->form->unpack(scratch->stored[r] + offset, count, line, scratch->ahead);
        else
            matrix_to_f32(job->w, row_at(scratch, r), k, count, line);
    }
}

/* The last elements from k on, fewer than a step. */
static void end_of_rows(const struct job *job, size_t k, size_t M, const float *x,
                        struct scratch *scratch)
{
    const size_t count = (size_t)job->w->cols - k;

    for (size_t r = 0; r < STREAM_ROWS; r++) {
        float *line = scratch->lines + r * CHUNK_LD;

        memset(line, 0, STREAM_STEP * sizeof *line);
        if (job->form->unpack || job->floats)
            job->info->to_f32(scratch->stored[r] + k * job->info->bytes, line, count);
        else
            matrix_to_f32(job->w, row_at(scratch, r), k, count, line);
    }
    memset(scratch->ends, 0, M * STREAM_STEP * sizeof *x);
    for (size_t m = 0; m < M; m++)
        memcpy(scratch->ends + m * STREAM_STEP, x + m * job->ldx + k, count * sizeof *x);
    job->cpu->tile(scratch->at, STREAM_STEP, M, scratch->ends, STREAM_STEP, scratch->parts);
}

static void quads(const struct job *job, size_t count, const float *x, struct scratch *scratch)
{
    for (size_t r = 0; r < STREAM_ROWS; r += STREAM_QUAD)
        job->form->quad(scratch->stored + r, count, x, scratch->parts + r * job->cpu->lanes,
                        scratch->ahead);
}

static void tiles(const struct job *job, size_t k, size_t count, size_t M, const float *x,
                  struct scratch *scratch)
{
    const unsigned char *floats[STREAM_ROWS];

    if (!job->floats) {
        unpack(job, k, count, scratch);
        job->cpu->tile(scratch->at, count, M, x + k, job->ldx, scratch->parts);
        return;
    }
    for (size_t r = 0; r < STREAM_ROWS; r++) floats[r] = scratch->stored[r] + k * sizeof(float);
    job->cpu->tile(floats, count, M, x + k, job->ldx, scratch->parts);
}

/* Of the rows taken with rows m to m + M of x. */
static void add_up(const struct job *job, size_t m, size_t M, struct scratch *scratch)
{
    const size_t whole = (size_t)job->w->cols / STREAM_STEP * STREAM_STEP;
    const float *x = job->x + m * job->ldx;

    memset(scratch->parts, 0, M * STREAM_ROWS * job->cpu->lanes * sizeof *scratch->parts);
    if (M == 1 && job->form->quad)
        quads(job, whole, x, scratch);
    else
        for (size_t k = 0; k < whole; k += CHUNK)
            tiles(job, k, whole - k < CHUNK ? whole - k : CHUNK, M, x, scratch);
    if (whole < job->w->cols) end_of_rows(job, whole, M, x, scratch);
    job->cpu->fold(scratch->parts, M * STREAM_ROWS, scratch->sums);
}

/* Whole numbers have their scales yet to come. */
static void scale(const struct job *job, size_t M, struct scratch *scratch)
{
    const float *scales = job->w->scales + scratch->row;

    for (size_t m = 0; m < M; m++)
        for (size_t r = 0; r < scratch->count; r++) scratch->sums[m * STREAM_ROWS + r] *= scales[r];
}

static void put(const struct job *job, size_t m, size_t M, const struct scratch *scratch)
{
    for (size_t i = 0; i < M; i++) {
        float *y = job->y + (m + i) * job->ldy + scratch->row;
        const float *sums = scratch->sums + i * STREAM_ROWS;

        for (size_t r = 0; r < scratch->count; r++) y[r] = job->add ? y[r] + sums[r] : sums[r];
    }
}

static void work(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;
    struct scratch *scratch = team_scratch(job->team, thread, sizeof *scratch);
    const uint64_t begin = piece * job->share;
    const uint64_t end = job->w->rows - begin < job->share ? job->w->rows : begin + job->share;

    for (uint64_t row = begin; row < end; row += STREAM_ROWS) {
        take_rows(job, row, end - row < STREAM_ROWS ? (size_t)(end - row) : STREAM_ROWS, scratch);
        for (size_t m = 0; m < job->M; m += SLAB) {
            const size_t M = job->M - m < SLAB ? job->M - m : SLAB;

            add_up(job, m, M, scratch);
            if (job->w->form == MATRIX_INT8) scale(job, M, scratch);
            put(job, m, M, scratch);
        }
    }
}

/* Other formats are unpacked to floats in registers, which is no slower for one row: and one row
 * and many must take the same way. */
static bool is_bf16(const struct matrix *w)
{
    return w->form == MATRIX_STORED && w->dtype == DTYPE_BF16;
}

void stream_product(struct team *team, enum precision precision, const struct matrix *w, size_t M,
                    const float *x, size_t ldx, float *y, size_t ldy, bool add)
{
    static const struct stream_form none;
    const bool rounded = precision == PRECISION_BF16 && is_bf16(w);
    const struct stream_narrow *narrow = rounded ? stream_narrow_get() : NULL;
    const enum dtype dtype = w->form == MATRIX_INT8 ? DTYPE_I8 : w->dtype;
    struct job job = {.cpu = stream_cpu(),
                      .form = &none,
                      .info = dtype_info(dtype),
                      .w = w,
                      .share = stream_share(w, STREAM_ROWS, team_size(team)),
                      .ahead = stream_rows(w, STREAM_ROWS, AHEAD),
                      .M = M,
                      .ldx = ldx,
                      .ldy = ldy,
                      .x = x,
                      .add = add,
                      .team = team};

    if (narrow) {
        stream_narrow_product(narrow, team, w, M, x, ldx, y, ldy, add);
        return;
    }
    job.y = y;
    if (w->form != MATRIX_NF4) {
        job.form = &job.cpu->forms[dtype];
        job.floats = dtype == DTYPE_F32 && job.cpu->any_address;
    }
    team_run(team, (size_t)((w->rows + job.share - 1) / job.share), work, &job);
}
