#include "gemm/product.h"

#include "gemm/kernel.h"

enum {
    SHARES = 4,      /* pieces of work for each thread, where there is enough */
    LEAST_ROWS = 48, /* that make the packing of a strip worth while */
    PANEL = 16,      /* most strips side by side: 4 kB of each row */
    ROWS = 24        /* taken through all strips of a panel together */
};

/* w is packed into strips, s times, and K goes by in pieces: all rules of sums are the kernel's. */
struct job {
    const struct kernel *kernel;
    struct team *team;
    size_t M, N, K, ldx, ldw, ldy;
    float s;
    const float *x;
    float *y;
    struct matrix w;
    bool by_columns;    /* w is [K, N] */
    size_t rows, panel; /* of a piece; strips in it */
};

static size_t less(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t pieces_of(size_t count, size_t size)
{
    return (count + size - 1) / size;
}

static void scale(float *at, size_t count, float s)
{
    for (size_t i = 0; s != 1 && i < count; i++) at[i] *= s;
}

static void enter(const struct kernel *kernel)
{
    if (kernel->enter) kernel->enter();
}

static void leave(const struct kernel *kernel)
{
    if (kernel->leave) kernel->leave();
}

static size_t depth_of(const struct job *job)
{
    return less(job->K, job->kernel->depth / STRIP_DEPTH * STRIP_DEPTH);
}

/* Strips of a piece: so few that each thread has its share of them, if there are enough. */
static size_t panel_of(const struct job *job, size_t most)
{
    const size_t panel = pieces_of(pieces_of(job->N, STRIP), SHARES * team_size(job->team));

    return panel < most ? panel : most;
}

static void pack(const struct job *job, size_t n, size_t columns, size_t k, size_t count,
                 float *strips, void *scratch)
{
    const size_t size = strip_bytes(PRECISION_F32, count) / sizeof *strips;

    if (job->by_columns)
        strips_of_columns(PRECISION_F32, &job->w, k, count, n, pieces_of(columns, STRIP), strips,
                          scratch);
    for (size_t at = 0; at < columns && !job->by_columns; at += STRIP)
        strip_of_rows(PRECISION_F32, &job->w, n + at, less(columns - at, STRIP), k, count,
                      strips + at / STRIP * size, scratch);
    scale(strips, pieces_of(columns, STRIP) * size, job->s);
}

/* x and y begin at the piece. */
static void multiply(const struct job *job, size_t rows, size_t columns, size_t count,
                     const float *x, size_t ldx, const float *strips, float *y, size_t ldy)
{
    const size_t size = strip_bytes(PRECISION_F32, count) / sizeof *strips;
    const size_t block = columns > STRIP ? ROWS : rows;

    for (size_t m = 0; m < rows; m += block)
        for (size_t n = 0; n < columns; n += STRIP)
            job->kernel->multiply(less(rows - m, block), less(columns - n, STRIP), count,
                                  x + m * ldx, ldx, strips + n / STRIP * size, y + m * ldy + n, ldy,
                                  true);
}

/* Some rows times some strips. */
static void work(void *context, size_t piece, size_t thread)
{
    const struct job *job = context;
    const size_t blocks = pieces_of(job->M, job->rows), depth = depth_of(job);
    const size_t m = piece % blocks * job->rows, n = piece / blocks * job->panel * STRIP;
    const size_t rows = less(job->M - m, job->rows), columns = less(job->N - n, job->panel * STRIP);
    const size_t size = strip_bytes(PRECISION_F32, depth) * job->panel;
    char *memory = team_scratch(job->team, thread, size + strip_scratch(depth, job->panel));
    float *strips = (float *)(void *)memory;

    enter(job->kernel);
    for (size_t k = 0; k < job->K; k += depth) {
        const size_t count = less(job->K - k, depth);

        pack(job, n, columns, k, count, strips, memory + size);
        multiply(job, rows, columns, count, job->x + m * job->ldx + k, job->ldx, strips,
                 job->y + m * job->ldy + n, job->ldy);
    }
    leave(job->kernel);
}

static void run(struct job *job)
{
    size_t panels, rows;

    if (job->M == 0 || job->N == 0 || job->K == 0) return;
    job->kernel = kernel_get(PRECISION_F32);
    job->panel = panel_of(job, less(PANEL, pieces_of(job->kernel->depth, depth_of(job))));
    panels = pieces_of(job->N, job->panel * STRIP);
    rows = pieces_of(job->M, pieces_of(SHARES * team_size(job->team), panels));
    job->rows = pieces_of(rows, LEAST_ROWS) * LEAST_ROWS;
    team_run(job->team, panels * pieces_of(job->M, job->rows), work, job);
}

void product_nt(struct team *team, size_t M, size_t N, size_t K, float s, const float *x,
                size_t ldx, const float *w, size_t ldw, float *y, size_t ldy)
{
    struct job job = {.team = team, .M = M, .N = N, .K = K, .s = s, .x = x, .ldx = ldx, .ldy = ldy};

    job.y = y;
    job.w = matrix_of_floats(w, N, K, ldw);
    run(&job);
}

void product_nn(struct team *team, size_t M, size_t N, size_t K, float s, const float *x,
                size_t ldx, const float *w, size_t ldw, float *y, size_t ldy)
{
    struct job job = {.team = team, .M = M, .N = N, .K = K, .s = s, .x = x, .ldx = ldx, .ldy = ldy};

    job.y = y;
    job.w = matrix_of_floats(w, K, N, ldw);
    job.by_columns = true;
    run(&job);
}
