#include "ops/swiglu.h"

#include "gradient.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "teams.h"

enum { T = 5, F = 37, LD = 40, LDZ = 39 };

struct run {
    struct team *team;
    float p[T * LD], u[T * LD], z[T * LDZ], dz[T * LDZ], dp[T * F], du[T * F];
};

static double loss(void *context)
{
    struct run *run = context;
    double sum = 0;

    swiglu_forward(run->team, T, F, run->p, run->u, LD, run->z, LDZ);
    for (size_t t = 0; t < T; t++)
        for (size_t j = 0; j < F; j++)
            sum += (double)run->dz[t * LDZ + j] * (double)run->z[t * LDZ + j];
    return sum;
}

static void run_init(struct run *run)
{
    *run = (struct run){.team = team_start(1)};
    noise(run->p, T * LD, 1);
    noise(run->u, T * LD, 2);
    noise(run->dz, T * LDZ, 3);
    for (size_t i = 0; i < T * LD; i++) run->p[i] *= 6;
    loss(run);
}

TEST(forward)
{
    struct run run;

    run_init(&run);
    for (size_t t = 0; t < T; t++) {
        for (size_t j = 0; j < F; j++) {
            const double p = (double)run.p[t * LD + j];

            CHECK_NEAR((double)run.z[t * LDZ + j], p / (1 + exp(-p)) * (double)run.u[t * LD + j],
                       1e-6);
        }
        CHECK(run.z[t * LDZ + F] == 0 && run.z[t * LDZ + F + 1] == 0);
    }
    swiglu_forward(run.team, 1, F, run.p, run.u, LD, run.p, LD);
    CHECK(same_bits(run.p, run.z, F * sizeof *run.z));
    team_stop(run.team);
}

TEST(backward)
{
    struct run run;
    float dp[F], du[F];

    run_init(&run);
    swiglu_backward(run.team, T, F, run.p, run.u, LD, run.dz, LDZ, run.dp, run.du, F);
    for (size_t t = 0; t < T; t++) {
        CHECK_GRADIENT(loss, &run, run.p + t * LD, F, run.dp + t * F, 1e-4);
        CHECK_GRADIENT(loss, &run, run.u + t * LD, F, run.du + t * F, 1e-4);
    }
    memcpy(dp, run.dp, sizeof dp);
    memcpy(du, run.du, sizeof du);
    swiglu_backward(run.team, T, F, run.p, run.u, LD, run.dz, LDZ, run.dp, run.du, F);
    for (size_t j = 0; j < F; j++) {
        CHECK_NEAR((double)run.dp[j], 2 * (double)dp[j], 1e-6);
        CHECK_NEAR((double)run.du[j], 2 * (double)du[j], 1e-6);
    }
    team_stop(run.team);
}

enum { ROWS = 100, COLUMNS = 300, ALL = ROWS * COLUMNS };

static void results_of(struct team *team, void *out)
{
    static float p[ALL], u[ALL];
    float *z = out;

    noise(p, ALL, 5);
    noise(u, ALL, 6);
    swiglu_forward(team, ROWS, COLUMNS, p, u, COLUMNS, z, COLUMNS);
    swiglu_backward(team, ROWS, COLUMNS, p, u, COLUMNS, z, COLUMNS, z + ALL, z + (size_t)2 * ALL,
                    COLUMNS);
}

TEST(threads_agree)
{
    CHECK(teams_agree(results_of, sizeof(float) * 3 * ALL));
}

int main(void)
{
    for (int plain = 0; plain <= 1; plain++) {
        if (plain) cpu_limit(CPU_PLAIN);
        RUN(forward);
        RUN(backward);
        RUN(threads_agree);
    }
    return check_end();
}
