#include "ops/norm.h"

#include "gradient.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "teams.h"

enum { T = 5, N = 37, LD = 41, LDX = 39 };

static const float eps = 1e-5F;

struct run {
    struct team *team;
    float x[T * LDX], w[N], y[T * LD], rho[T], dy[T * LD], dx[T * LDX], dw[N];
};

static double loss(void *context)
{
    struct run *run = context;
    double sum = 0;

    norm_forward(run->team, T, N, eps, run->x, LDX, run->w, run->y, LD, run->rho);
    for (size_t t = 0; t < T; t++)
        for (size_t j = 0; j < N; j++)
            sum += (double)run->dy[t * LD + j] * (double)run->y[t * LD + j];
    return sum;
}

static void run_init(struct run *run)
{
    *run = (struct run){.team = team_start(1)};
    noise(run->x, T * LDX, 1);
    noise(run->w, N, 2);
    noise(run->dy, T * LD, 3);
    noise(run->y, T * LD, 4);
    loss(run);
}

TEST(forward)
{
    struct run run;

    run_init(&run);
    for (size_t t = 0; t < T; t++) {
        const float *x = run.x + t * LDX;
        double sum = 0;

        for (size_t j = 0; j < N; j++) sum += (double)x[j] * (double)x[j];
        CHECK_NEAR((double)run.rho[t], 1 / sqrt(sum / N + (double)eps), 2e-7);
        for (size_t j = 0; j < N; j++)
            CHECK_NEAR((double)run.y[t * LD + j],
                       (double)x[j] * (double)run.w[j] / sqrt(sum / N + (double)eps), 3e-7);
    }
    team_stop(run.team);
}

/* Long rows of what adds up badly: the square of each but the first is lost beside a float sum. */
TEST(long_rows)
{
    static float x[1 << 16], y[1 << 16], w[1 << 16];
    const size_t n = sizeof x / sizeof *x;
    struct team *team = team_start(1);
    double sum = 0;
    float rho;

    for (size_t j = 0; j < n; j++) x[j] = j ? 0.013F : 30;
    for (size_t j = 0; j < n; j++) sum += (double)x[j] * (double)x[j];
    norm_forward(team, 1, n, 0, x, n, w, y, n, &rho);
    CHECK_NEAR((double)rho * sqrt(sum / (double)n), 1, 2e-7);
    team_stop(team);
}

TEST(in_place)
{
    struct run run;
    float x[N];

    run_init(&run);
    memcpy(x, run.x, sizeof x);
    norm_forward(run.team, 1, N, eps, x, N, run.w, x, N, NULL);
    CHECK(same_bits(x, run.y, sizeof x));
    team_stop(run.team);
}

TEST(backward)
{
    struct run run;

    run_init(&run);
    norm_backward(run.team, T, N, run.x, LDX, run.w, run.rho, run.dy, LD, run.dx, LDX, run.dw);
    CHECK_GRADIENT(loss, &run, run.x, T * LDX, run.dx, 2e-4);
    CHECK_GRADIENT(loss, &run, run.w, N, run.dw, 2e-4);
    team_stop(run.team);
}

TEST(backward_adds)
{
    struct run run;
    float dx[T * LDX], dw[N];

    run_init(&run);
    norm_backward(run.team, T, N, run.x, LDX, run.w, run.rho, run.dy, LD, run.dx, LDX, NULL);
    memcpy(dx, run.dx, sizeof dx);
    norm_backward(run.team, T, N, run.x, LDX, run.w, run.rho, run.dy, LD, NULL, 0, run.dw);
    memcpy(dw, run.dw, sizeof dw);
    norm_backward(run.team, T, N, run.x, LDX, run.w, run.rho, run.dy, LD, run.dx, LDX, run.dw);
    for (size_t i = 0; i < T * LDX; i++) CHECK_NEAR((double)run.dx[i], 2 * (double)dx[i], 1e-6);
    for (size_t j = 0; j < N; j++) CHECK_NEAR((double)run.dw[j], 2 * (double)dw[j], 1e-6);
    team_stop(run.team);
}

enum { ROWS = 100, COLUMNS = 600 };

struct results {
    float y[ROWS * COLUMNS], rho[ROWS], dx[ROWS * COLUMNS], dw[COLUMNS];
};

static void results_of(struct team *team, void *out)
{
    static float x[ROWS * COLUMNS], dy[ROWS * COLUMNS], w[COLUMNS];
    struct results *results = out;

    noise(x, ROWS * COLUMNS, 5);
    noise(dy, ROWS * COLUMNS, 6);
    noise(w, COLUMNS, 7);
    norm_forward(team, ROWS, COLUMNS, eps, x, COLUMNS, w, results->y, COLUMNS, results->rho);
    norm_backward(team, ROWS, COLUMNS, x, COLUMNS, w, results->rho, dy, COLUMNS, results->dx,
                  COLUMNS, results->dw);
}

TEST(threads_agree)
{
    CHECK(teams_agree(results_of, sizeof(struct results)));
}

int main(void)
{
    for (int plain = 0; plain <= 1; plain++) {
        if (plain) cpu_limit(CPU_PLAIN);
        RUN(forward);
        RUN(long_rows);
        RUN(in_place);
        RUN(backward);
        RUN(backward_adds);
        RUN(threads_agree);
    }
    return check_end();
}
