#include "ops/rope.h"

#include "gradient.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "teams.h"

enum { T = 4, HEADS = 3, D = 10, LD = HEADS * D + 2, POSITIONS = 2000 };

static const double frequencies[] = {1, 0.1, 0.01, 0.0123456789, 1e-4};
static const size_t positions[] = {0, 7, 7, 1999};

struct run {
    struct team *team;
    struct rope_table table;
    float x[T * LD], g[T * LD];
};

static void run_init(struct run *run)
{
    *run = (struct run){.team = team_start(1)};
    rope_table_init(&run->table, D, POSITIONS, frequencies, 1.25);
    noise(run->x, T * LD, 1);
    noise(run->g, T * LD, 2);
}

static void run_release(struct run *run)
{
    rope_table_release(&run->table);
    team_stop(run->team);
}

TEST(table)
{
    struct run run;

    run_init(&run);
    CHECK_INT(run.table.D, D);
    CHECK_INT(run.table.positions, POSITIONS);
    for (size_t i = 0; i < POSITIONS; i++)
        for (size_t j = 0; j < D / 2; j++) {
            const double angle = (double)i * frequencies[j];

            CHECK_NEAR((double)run.table.cosine[i * D / 2 + j], 1.25 * cos(angle), 3e-4);
            CHECK_NEAR((double)run.table.sine[i * D / 2 + j], 1.25 * sin(angle), 3e-4);
        }
    /* The angle is the float nearest to the product of two floats, here 2.7777776718139648. */
    CHECK(run.table.sine[225 * D / 2 + 3] == (float)sin((double)(225 * 0.0123456789F)) * 1.25F);
    run_release(&run);
    CHECK(!run.table.cosine && !run.table.sine);
}

TEST(forward)
{
    struct run run;
    float x[T * LD];

    run_init(&run);
    memcpy(x, run.x, sizeof x);
    rope_forward(run.team, &run.table, T, HEADS, positions, x, LD);
    for (size_t t = 0; t < T; t++) {
        for (size_t i = 0; i < HEADS * D; i++) {
            const size_t j = i % (D / 2), half = D / 2;
            const double c = (double)run.table.cosine[positions[t] * half + j];
            const double s = (double)run.table.sine[positions[t] * half + j];
            const float *in = run.x + t * LD + i;
            const double want = i % D < half ? (double)in[0] * c - (double)in[half] * s
                                             : (double)in[0] * c + (double)*(in - half) * s;

            CHECK_NEAR((double)x[t * LD + i], want, 3e-7);
        }
        CHECK(same_bits(x + t * LD + HEADS * D, run.x + t * LD + HEADS * D, 2 * sizeof *x));
    }
    run_release(&run);
}

static double loss(void *context)
{
    struct run *run = context;
    float y[T * LD];
    double sum = 0;

    memcpy(y, run->x, sizeof y);
    rope_forward(run->team, &run->table, T, HEADS, positions, y, LD);
    for (size_t t = 0; t < T; t++)
        for (size_t i = 0; i < HEADS * D; i++)
            sum += (double)run->g[t * LD + i] * (double)y[t * LD + i];
    return sum;
}

TEST(backward)
{
    struct run run;
    float dx[T * LD] = {0};

    run_init(&run);
    for (size_t t = 0; t < T; t++) memcpy(dx + t * LD, run.g + t * LD, HEADS * D * sizeof *dx);
    rope_backward(run.team, &run.table, T, HEADS, positions, dx, LD);
    CHECK_GRADIENT(loss, &run, run.x, T * LD, dx, 1e-4);
    run_release(&run);
}

enum { ROWS = 90 };

static void results_of(struct team *team, void *out)
{
    struct rope_table table;
    size_t at[ROWS];
    float *x = out, *dx = x + ROWS * LD;

    rope_table_init(&table, D, POSITIONS, frequencies, 1);
    for (size_t t = 0; t < ROWS; t++) at[t] = t * 20;
    noise(x, (size_t)2 * ROWS * LD, 3);
    rope_forward(team, &table, ROWS, HEADS, at, x, LD);
    rope_backward(team, &table, ROWS, HEADS, at, dx, LD);
    rope_table_release(&table);
}

TEST(threads_agree)
{
    CHECK(teams_agree(results_of, sizeof(float) * 2 * ROWS * LD));
}

int main(void)
{
    for (int plain = 0; plain <= 1; plain++) {
        if (plain) cpu_limit(CPU_PLAIN);
        RUN(table);
        RUN(forward);
        RUN(backward);
        RUN(threads_agree);
    }
    return check_end();
}
