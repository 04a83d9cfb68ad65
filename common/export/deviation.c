#include "export/deviation.h"

#include <math.h>

#define PIECE 65536 /* numbers that a thread takes at once, or one row */

struct job {
    const struct matrix *from, *packed;
    struct deviation *pieces;
    struct team *team;
    uint64_t rows; /* of a piece */
};

static void compare_row(const struct job *job, uint64_t row, float *scratch,
                        struct deviation *piece)
{
    const size_t cols = job->from->cols;
    float *was = scratch, *is = scratch + cols;

    matrix_to_f32(job->from, row, 0, cols, was);
    matrix_to_f32(job->packed, row, 0, cols, is);
    for (size_t i = 0; i < cols; i++) {
        const double off = fabs((double)is[i] - (double)was[i]);

        piece->squares += off * off;
        if (off > piece->most) piece->most = off;
    }
    piece->count += cols;
}

static void compare_piece(void *context, size_t number, size_t thread)
{
    const struct job *job = context;
    const uint64_t begin = number * job->rows, left = job->from->rows - begin;
    float *scratch = team_scratch(job->team, thread, 2 * job->from->cols * sizeof *scratch);

    for (uint64_t i = 0; i < (left < job->rows ? left : job->rows); i++)
        compare_row(job, begin + i, scratch, &job->pieces[number]);
}

void deviation_add(struct deviation *deviation, const struct matrix *from, enum dtype dtype,
                   const unsigned char *at, struct team *team)
{
    struct matrix packed = {.dtype = dtype, .rows = from->rows, .cols = from->cols, .at = at};
    struct job job = {.from = from, .packed = &packed, .team = team};
    size_t count;

    if (!from->rows || !from->cols || !dtype_bytes(dtype, from->cols, &packed.stride)) return;
    job.rows = from->cols < PIECE ? PIECE / from->cols : 1;
    count = (size_t)((from->rows - 1) / job.rows + 1);
    job.pieces = mem_zero(count, sizeof *job.pieces);
    team_run(team, count, compare_piece, &job);
    for (size_t i = 0; i < count; i++) {
        deviation->count += job.pieces[i].count;
        deviation->squares += job.pieces[i].squares;
        if (job.pieces[i].most > deviation->most) deviation->most = job.pieces[i].most;
    }
    mem_free(job.pieces);
}

double deviation_mean(const struct deviation *deviation)
{
    return deviation->count ? sqrt(deviation->squares / (double)deviation->count) : 0;
}
