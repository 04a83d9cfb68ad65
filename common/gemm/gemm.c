#include "gemm/gemm.h"

#include "lanes/lanes.h"

#include <assert.h>

/* How a product is cut. A job is a panel (strips side by side) by some rows of x, and goes over k
 * in pieces: packs the panel's piece, then multiplies. What is cut how changes no bit of the
 * result. */
struct plan {
    const struct gemm *gemm;
    const struct matrix *w;
    bool backward;

    size_t rows, columns, depth; /* M, N and K of the product */
    const char *x;
    size_t row_bytes, ldx; /* of x: the same step in bytes and in elements */
    float *y;
    size_t ldy;
    bool add;

    size_t piece;              /* of k */
    size_t panel, panels;      /* strips of one, and how many panels */
    size_t job_rows, row_jobs; /* rows of a job, and jobs of a panel */
};

static size_t parts(size_t whole, size_t part)
{
    return (whole + part - 1) / part;
}

static size_t round_up(size_t count, size_t unit)
{
    return parts(count, unit) * unit;
}

void gemm_init(struct gemm *gemm, enum precision precision, struct team *team)
{
    gemm->kernel = kernel_get(precision);
    gemm->team = team;
}

size_t gemm_ld(size_t n)
{
    return round_up(n, STRIP_DEPTH) + STRIP_DEPTH;
}

/* Enough jobs that the last ones to end do not keep the others waiting: panels cost nothing to cut
 * finer, cutting the rows of x costs packing once more. */
static void cut(struct plan *plan)
{
    const struct kernel *kernel = plan->gemm->kernel;
    const size_t threads = team_size(plan->gemm->team), grain = matrix_grain(plan->w);
    const size_t unit = !plan->backward && grain > STRIP_DEPTH ? grain : STRIP_DEPTH;
    const size_t strips = parts(plan->columns, STRIP), block = kernel->row_block;
    const size_t whole = plan->backward && grain > STRIP ? grain / STRIP : 1;
    size_t most;

    assert(kernel->depth % unit == 0);
    plan->piece = round_up(parts(plan->depth, parts(plan->depth, kernel->depth)), unit);
    plan->panel = kernel->panel * kernel->depth / plan->piece;
    most = threads > 1 ? parts(strips, 8 * threads) : strips;
    if (plan->panel > most) plan->panel = most;
    plan->panel = round_up(plan->panel, whole);
    plan->panels = parts(strips, plan->panel);
    plan->row_jobs = threads > 1 ? parts(8 * threads, plan->panels) : 1;
    plan->job_rows = round_up(parts(plan->rows, plan->row_jobs), block);
    if (plan->job_rows < 2 * block) plan->job_rows = 2 * block;
    plan->row_jobs = parts(plan->rows, plan->job_rows);
}

static void pack(const struct plan *plan, size_t column, size_t k, size_t depth, char *strips,
                 void *scratch)
{
    const enum precision precision = plan->gemm->kernel->precision;
    const size_t size = strip_bytes(precision, depth);
    const size_t there = parts(plan->columns - column, STRIP);

    if (plan->backward) {
        strips_of_columns(precision, plan->w, k, depth, column,
                          there < plan->panel ? there : plan->panel, strips, scratch);
        return;
    }
    for (size_t i = 0; i < plan->panel && column < plan->columns; i++, column += STRIP) {
        const size_t left = plan->columns - column;

        strip_of_rows(precision, plan->w, column, left < STRIP ? left : STRIP, k, depth,
                      strips + i * size, scratch);
    }
}

static void multiply(const struct plan *plan, size_t row, size_t rows, size_t column, size_t k,
                     size_t depth, const char *strips)
{
    const struct kernel *kernel = plan->gemm->kernel;
    const size_t size = strip_bytes(kernel->precision, depth);
    const size_t element = plan->row_bytes / plan->ldx;

    for (size_t i = 0; i < plan->panel && column < plan->columns; i++, column += STRIP) {
        const size_t left = plan->columns - column;

        kernel->multiply(rows, left < STRIP ? left : STRIP, depth,
                         plan->x + row * plan->row_bytes + k * element, plan->ldx,
                         strips + i * size, plan->y + row * plan->ldy + column, plan->ldy,
                         plan->add || k > 0);
    }
}

static void do_job(void *context, size_t job, size_t thread)
{
    const struct plan *plan = context;
    const struct kernel *kernel = plan->gemm->kernel;
    const size_t column = job / plan->row_jobs * plan->panel * STRIP;
    const size_t row = job % plan->row_jobs * plan->job_rows;
    const size_t end = row + plan->job_rows < plan->rows ? row + plan->job_rows : plan->rows;
    const size_t room = strip_bytes(kernel->precision, plan->piece) * plan->panel;
    char *strips =
        team_scratch(plan->gemm->team, thread, room + strip_scratch(plan->piece, plan->panel));

    if (kernel->enter) kernel->enter();
    for (size_t k = 0; k < plan->depth; k += plan->piece) {
        const size_t depth = plan->depth - k < plan->piece ? plan->depth - k : plan->piece;

        pack(plan, column, k, depth, strips, strips + room);
        for (size_t m = row; m < end; m += kernel->row_block)
            multiply(plan, m, end - m < kernel->row_block ? end - m : kernel->row_block, column, k,
                     depth, strips);
    }
    if (kernel->leave) kernel->leave();
}

static void run(struct plan *plan)
{
    if (plan->rows == 0) return;
    assert(plan->columns > 0 && plan->depth > 0);
    cut(plan);
    plan->row_bytes =
        plan->ldx * (plan->gemm->kernel->precision == PRECISION_F32 ? sizeof(float) : sizeof(bf16));
    team_run(plan->gemm->team, plan->panels * plan->row_jobs, do_job, plan);
}

void gemm_forward(const struct gemm *gemm, const struct matrix *w, size_t M, const void *x,
                  size_t ldx, float *y, size_t ldy, bool add)
{
    run(&(struct plan){.gemm = gemm,
                       .w = w,
                       .rows = M,
                       .columns = (size_t)w->rows,
                       .depth = (size_t)w->cols,
                       .x = x,
                       .ldx = ldx,
                       .y = y,
                       .ldy = ldy,
                       .add = add});
}

void gemm_backward(const struct gemm *gemm, const struct matrix *w, size_t M, const void *dy,
                   size_t lddy, float *dx, size_t lddx, bool add)
{
    run(&(struct plan){.gemm = gemm,
                       .w = w,
                       .backward = true,
                       .rows = M,
                       .columns = (size_t)w->cols,
                       .depth = (size_t)w->rows,
                       .x = dy,
                       .ldx = lddy,
                       .y = dx,
                       .ldy = lddx,
                       .add = add});
}

struct narrowing {
    size_t rows, n, ldx, ld;
    const float *x;
    bf16 *narrow;
};

enum { NARROWED = 16 }; /* rows at a time */

static void narrow_rows(void *context, size_t piece, size_t thread)
{
    const struct narrowing *job = context;
    const struct lanes *lanes = lanes_get();

    (void)thread;
    for (size_t row = piece * NARROWED; row < job->rows && row < (piece + 1) * NARROWED; row++)
        lanes->to_bf16(job->x + row * job->ldx, job->narrow + row * job->ld, job->n);
}

const void *gemm_narrow(const struct gemm *gemm, size_t rows, size_t n, const float *x, size_t ldx,
                        bf16 *narrow, size_t *ld)
{
    struct narrowing job = {.rows = rows, .n = n, .ldx = ldx, .ld = gemm_ld(n), .x = x};

    if (gemm->kernel->precision == PRECISION_F32) {
        *ld = ldx;
        return x;
    }
    *ld = job.ld;
    job.narrow = narrow;
    team_run(gemm->team, parts(rows, NARROWED), narrow_rows, &job);
    return narrow;
}
