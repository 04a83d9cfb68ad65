#include "ops/bias.h"

#include "gradient.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "teams.h"

enum { T = 70, N = 300, LD = 301 };

struct results {
    float y[T * LD], db[N];
};

static void results_of(struct team *team, void *out)
{
    static float b[N], dy[T * LD];
    struct results *results = out;

    noise(b, N, 1);
    noise(dy, T * LD, 2);
    noise(results->y, T * LD, 3);
    noise(results->db, N, 4);
    bias_forward(team, T, N, b, results->y, LD);
    bias_backward(team, T, N, dy, LD, results->db);
}

TEST(forward_and_backward)
{
    static struct results results;
    static float b[N], dy[T * LD], y[T * LD], db[N];
    struct team *team = team_start(1);

    noise(b, N, 1);
    noise(dy, T * LD, 2);
    noise(y, T * LD, 3);
    noise(db, N, 4);
    results_of(team, &results);
    for (size_t j = 0; j < N; j++) {
        double sum = (double)db[j];

        for (size_t t = 0; t < T; t++) {
            sum += (double)dy[t * LD + j];
            CHECK(results.y[t * LD + j] == y[t * LD + j] + b[j]);
        }
        CHECK_NEAR((double)results.db[j], sum, 1e-5);
    }
    for (size_t t = 0; t < T; t++) CHECK(results.y[t * LD + N] == y[t * LD + N]);
    team_stop(team);
}

struct run {
    struct team *team;
    float b[5], dy[15], db[5];
};

static double loss(void *context)
{
    const struct run *run = context;
    float y[15] = {0};
    double sum = 0;

    bias_forward(run->team, 3, 5, run->b, y, 5);
    for (size_t i = 0; i < 15; i++) sum += (double)run->dy[i] * (double)y[i];
    return sum;
}

TEST(gradient)
{
    struct run run = {.team = team_start(1)};

    noise(run.b, 5, 1);
    noise(run.dy, 15, 2);
    bias_backward(run.team, 3, 5, run.dy, 5, run.db);
    CHECK_GRADIENT(loss, &run, run.b, 5, run.db, 1e-4);
    team_stop(run.team);
}

TEST(threads_agree)
{
    CHECK(teams_agree(results_of, sizeof(struct results)));
}

int main(void)
{
    for (int plain = 0; plain <= 1; plain++) {
        if (plain) cpu_limit(CPU_PLAIN);
        RUN(forward_and_backward);
        RUN(gradient);
        RUN(threads_agree);
    }
    return check_end();
}
