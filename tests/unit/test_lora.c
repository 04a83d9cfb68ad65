#include "ops/lora.h"

#include "gradient.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "teams.h"

enum { T = 5, IN = 19, OUT = 23, RANK = 3, LDX = 21, LDY = 24 };

struct run {
    struct team *team;
    struct lora lora;
    float a[RANK * IN], b[OUT * RANK], da[RANK * IN], db[OUT * RANK];
    float x[T * LDX], y0[T * LDY], y[T * LDY], dy[T * LDY], dx[T * LDX], h[T * RANK], e[T * RANK];
};

static double loss(void *context)
{
    struct run *run = context;
    double sum = 0;

    memcpy(run->y, run->y0, sizeof run->y);
    lora_forward(run->team, &run->lora, T, run->x, LDX, run->h, run->y, LDY);
    for (size_t t = 0; t < T; t++)
        for (size_t j = 0; j < OUT; j++)
            sum += (double)run->dy[t * LDY + j] * (double)run->y[t * LDY + j];
    return sum;
}

static void run_init(struct run *run, struct team *team)
{
    *run = (struct run){.team = team};
    noise(run->a, RANK * IN, 1);
    noise(run->b, OUT * RANK, 2);
    noise(run->x, T * LDX, 3);
    noise(run->y0, T * LDY, 4);
    noise(run->dy, T * LDY, 5);
    noise(run->h, T * RANK, 6);
    noise(run->e, T * RANK, 7);
    run->lora = (struct lora){.in = IN,
                              .out = OUT,
                              .rank = RANK,
                              .scale = 0.6F,
                              .a = run->a,
                              .b = run->b,
                              .da = run->da,
                              .db = run->db};
    loss(run);
}

TEST(forward)
{
    struct run run;

    run_init(&run, team_start(1));
    for (size_t t = 0; t < T; t++) {
        double h[RANK] = {0};

        for (size_t r = 0; r < RANK; r++) {
            for (size_t i = 0; i < IN; i++)
                h[r] += (double)run.x[t * LDX + i] * (double)run.a[r * IN + i];
            CHECK_NEAR((double)run.h[t * RANK + r], h[r], 2e-6);
        }
        for (size_t j = 0; j < OUT; j++) {
            double want = (double)run.y0[t * LDY + j];

            for (size_t r = 0; r < RANK; r++)
                want += (double)run.lora.scale * h[r] * (double)run.b[j * RANK + r];
            CHECK_NEAR((double)run.y[t * LDY + j], want, 2e-6);
        }
        CHECK(run.y[t * LDY + OUT] == run.y0[t * LDY + OUT]);
    }
    team_stop(run.team);
}

static void backward(struct run *run, float *dx)
{
    lora_backward(run->team, &run->lora, T, run->x, LDX, run->h, run->dy, LDY, run->e, dx, LDX);
}

TEST(backward)
{
    struct run run;
    float da[RANK * IN];

    run_init(&run, team_start(1));
    backward(&run, run.dx);
    CHECK_GRADIENT(loss, &run, run.x, T * LDX, run.dx, 2e-4);
    CHECK_GRADIENT(loss, &run, run.a, RANK * IN, run.da, 2e-4);
    CHECK_GRADIENT(loss, &run, run.b, OUT * RANK, run.db, 2e-4);
    memcpy(da, run.da, sizeof da);
    loss(&run);
    backward(&run, run.dx);
    for (size_t i = 0; i < RANK * IN; i++) CHECK_NEAR((double)run.da[i], 2 * (double)da[i], 1e-5);
    team_stop(run.team);
}

TEST(frozen)
{
    struct run run, whole;

    run_init(&whole, team_start(1));
    backward(&whole, whole.dx);
    run_init(&run, whole.team);
    run.lora.da = run.lora.db = NULL;
    backward(&run, NULL);
    backward(&run, run.dx);
    CHECK(same_bits(run.dx, whole.dx, sizeof run.dx));
    run.lora.da = run.da;
    backward(&run, NULL);
    CHECK(same_bits(run.da, whole.da, sizeof run.da));
    run.lora.da = NULL;
    run.lora.db = run.db;
    backward(&run, NULL);
    CHECK(same_bits(run.db, whole.db, sizeof run.db));
    CHECK(same_bits(run.da, whole.da, sizeof run.da));
    team_stop(run.team);
}

struct results {
    float y[T * LDY], dx[T * LDX], da[RANK * IN], db[OUT * RANK];
};

static void results_of(struct team *team, void *out)
{
    struct results *results = out;
    struct run run;

    run_init(&run, team);
    backward(&run, run.dx);
    memcpy(results->y, run.y, sizeof run.y);
    memcpy(results->dx, run.dx, sizeof run.dx);
    memcpy(results->da, run.da, sizeof run.da);
    memcpy(results->db, run.db, sizeof run.db);
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
        RUN(backward);
        RUN(frozen);
        RUN(threads_agree);
    }
    return check_end();
}
