/* product_tn: both operands are read by rows of k, as they stand. Where one of them is narrow, the
 * wide one is read but once. */
#include "gemm/product.h"

#include "gemm/kernel.h"

#include <string.h>

enum {
    SHARES = 8,        /* pieces of work for each thread, where there is enough */
    NARROW = 48,       /* most columns of a narrow operand */
    NARROW_DEPTH = 64, /* of k at a time: rows of the wide operand that are read side by side */
    LEAST = 256,       /* columns of a piece of that one */
    LEAST_ROWS = 192,  /* columns of x that make a piece, else */
    MOST_ROWS = 1056,
    TALL_DEPTH = 256,
    PANEL = 8, /* strips of w there */
    AHEAD = 8, /* rows that are asked of memory before they are needed */
    ROWS = 48  /* that are taken through all of them together */
};

/* Names are those of product_tn; where the result's transpose is computed, x and w have changed
 * places. The narrow operand is scaled, or else w. */
struct job {
    const struct kernel *kernel;
    struct team *team;
    size_t M, N, K, ldx, ldw, ldy;
    float s;
    const float *x, *w;
    float *y;
    bool turned;
    size_t rows, columns; /* of a piece: columns of x, or of w */
};

static size_t less(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t pieces_of(size_t count, size_t size)
{
    return (count + size - 1) / size;
}

/* What a piece of the narrow kind has on its thread. */
struct room {
    size_t n, columns;
    float *x;     /* a scaled copy */
    float *strip; /* the last columns, which fill no vector */
    float *out;   /* where turned: the result's transpose [M][columns of a piece] */
    void *scratch;
};

static void room_of(const struct job *job, size_t piece, size_t thread, struct room *room)
{
    const size_t copied = pieces_of(job->M * NARROW_DEPTH, STRIP_LANES) * STRIP_LANES;
    const size_t strip = strip_bytes(PRECISION_F32, NARROW_DEPTH) / sizeof(float);
    const size_t out = job->turned ? job->M * job->columns : 0;
    float *memory =
        team_scratch(job->team, thread,
                     (copied + strip + out) * sizeof *memory + strip_scratch(NARROW_DEPTH, 1));

    room->n = piece * job->columns;
    room->columns = less(job->N - room->n, job->columns);
    room->x = memory;
    room->strip = memory + copied;
    room->out = memory + copied + strip;
    room->scratch = memory + copied + strip + out;
}

/* Between y[n][m] and out[m][n]. */
static void turn_over(const struct job *job, const struct room *room, bool back)
{
    for (size_t n = 0; n < room->columns; n++) {
        float *y = job->y + (room->n + n) * job->ldy;
        float *out = room->out + n;

        for (size_t m = 0; m < job->M; m++) {
            if (back)
                y[m] = out[m * job->columns];
            else
                out[m * job->columns] = y[m];
        }
    }
}

static void scale_x(const struct job *job, size_t k, size_t count, float *out)
{
    for (size_t i = 0; i < count; i++)
        for (size_t m = 0; m < job->M; m++)
            out[i * job->M + m] = job->s * job->x[(k + i) * job->ldx + m];
}

/* The caches do not foresee rows that lie so far apart. */
static void foresee(const float *at, size_t ld, size_t rows)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < STRIP; n += STRIP_LANES) __builtin_prefetch(at + row * ld + n);
}

/* Adds what some of k give. */
static void add_narrow(const struct job *job, const struct room *room, size_t k, size_t count)
{
    const size_t whole = room->columns / STRIP_LANES * STRIP_LANES;
    const struct matrix right = matrix_of_floats(job->w, job->K, job->N, job->ldw);
    const float *w = job->w + k * job->ldw + room->n;
    const float *x = job->s != 1 ? room->x : job->x + k * job->ldx;
    const size_t ldx = job->s != 1 ? job->M : job->ldx;
    const size_t ldy = job->turned ? job->columns : job->ldy;
    float *y = job->turned ? room->out : job->y + room->n;

    if (job->s != 1) scale_x(job, k, count, room->x);
    for (size_t n = 0; n < whole; n += STRIP) {
        if (n + 2 * STRIP <= whole) foresee(w + n + STRIP, job->ldw, count);
        job->kernel->outer(job->M, less(whole - n, STRIP), count, x, ldx, w + n, job->ldw, y + n,
                           ldy);
    }
    if (whole == room->columns) return;
    strips_of_columns(PRECISION_F32, &right, k, count, room->n + whole, 1, room->strip,
                      room->scratch);
    job->kernel->outer(job->M, room->columns - whole, count, x, ldx, room->strip, STRIP, y + whole,
                       ldy);
}

static void work_narrow(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;
    struct room room;

    room_of(job, piece, thread, &room);
    if (job->turned) turn_over(job, &room, false);
    for (size_t k = 0; k < job->K; k += NARROW_DEPTH)
        add_narrow(job, &room, k, less(job->K - k, NARROW_DEPTH));
    if (job->turned) turn_over(job, &room, true);
}

/* Packs w for some of k, s times. */
static size_t pack(const struct job *job, size_t k, size_t count, size_t n, float *strips,
                   void *scratch)
{
    const struct matrix right = matrix_of_floats(job->w, job->K, job->N, job->ldw);
    const size_t size = strip_bytes(PRECISION_F32, count) / sizeof *strips;
    const size_t there = less(pieces_of(job->N - n, STRIP), PANEL);

    strips_of_columns(PRECISION_F32, &right, k, count, n, there, strips, scratch);
    for (size_t i = 0; job->s != 1 && i < there * size; i++) strips[i] *= job->s;
    return size;
}

/* Rows of k, ROWS apart. */
static void copy_x(const struct job *job, size_t m, size_t rows, size_t k, size_t count, float *out)
{
    const float *x = job->x + k * job->ldx + m;

    for (size_t i = 0; i < count; i++, x += job->ldx) {
        if (i + AHEAD < count) foresee(x + AHEAD * job->ldx, job->ldx, 1);
        memcpy(out + i * ROWS, x, rows * sizeof *x);
    }
}

static void work_tall(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;
    const size_t blocks = pieces_of(job->M, job->rows),
                 room = strip_bytes(PRECISION_F32, TALL_DEPTH);
    const size_t begin = piece % blocks * job->rows, end = less(job->M, begin + job->rows);
    const size_t from = piece / blocks * PANEL * STRIP, to = less(job->N, from + PANEL * STRIP);
    const size_t copied = (size_t)ROWS * TALL_DEPTH * sizeof(float);
    float *x =
        team_scratch(job->team, thread, copied + room * PANEL + strip_scratch(TALL_DEPTH, PANEL));
    float *strips = x + (size_t)ROWS * TALL_DEPTH;

    for (size_t k = 0; k < job->K; k += TALL_DEPTH) {
        const size_t count = less(job->K - k, TALL_DEPTH);
        const size_t size = pack(job, k, count, from, strips, strips + room * PANEL / sizeof *x);

        for (size_t m = begin; m < end; m += ROWS) {
            const size_t rows = less(end - m, ROWS);

            copy_x(job, m, rows, k, count, x);
            foresee(job->y + m * job->ldy + from, job->ldy, rows);
            for (size_t n = from; n < to; n += STRIP) {
                if (n + 2 * STRIP <= to) foresee(job->y + m * job->ldy + n + STRIP, job->ldy, rows);
                job->kernel->outer(rows, less(to - n, STRIP), count, x, ROWS,
                                   strips + (n - from) / STRIP * size, STRIP,
                                   job->y + m * job->ldy + n, job->ldy);
            }
        }
    }
}

static void run_narrow(struct job *job)
{
    const size_t even = pieces_of(job->N, SHARES * team_size(job->team));

    job->columns = pieces_of(even > LEAST ? even : LEAST, STRIP) * STRIP;
    team_run(job->team, pieces_of(job->N, job->columns), work_narrow, job);
}

/* So many rows that w is packed seldom, and each thread has its share of pieces. */
static void run_tall(struct job *job)
{
    const size_t panels = pieces_of(job->N, PANEL * STRIP);
    const size_t even = pieces_of(job->M, pieces_of(SHARES * team_size(job->team), panels));

    job->rows = less(pieces_of(even > LEAST_ROWS ? even : LEAST_ROWS, ROWS) * ROWS, MOST_ROWS);
    team_run(job->team, panels * pieces_of(job->M, job->rows), work_tall, job);
}

static void turn(struct job *job)
{
    const struct job old = *job;

    job->turned = true;
    job->M = old.N;
    job->N = old.M;
    job->x = old.w;
    job->ldx = old.ldw;
    job->w = old.x;
    job->ldw = old.ldx;
}

/* A result is the same both ways: its sums begin with y and take each k in turn. */
void product_tn(struct team *team, size_t M, size_t N, size_t K, float s, const float *x,
                size_t ldx, const float *w, size_t ldw, float *y, size_t ldy)
{
    struct job job = {.team = team,
                      .M = M,
                      .N = N,
                      .K = K,
                      .s = s,
                      .x = x,
                      .ldx = ldx,
                      .w = w,
                      .ldw = ldw,
                      .ldy = ldy};

    job.y = y;
    if (M == 0 || N == 0 || K == 0) return;
    job.kernel = kernel_get(PRECISION_F32);
    if (N < M && N <= NARROW) turn(&job);
    if (job.M <= NARROW)
        run_narrow(&job);
    else
        run_tall(&job);
}
