#include "ops/dropout.h"

#include "gradient.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "teams.h"

enum { T = 200, N = 1003, LD = 1005, ALL = T * LD };

static float ones[ALL];

/* The mask as what becomes of ones, in numbers of 0 and 1. */
static void mask(const struct dropout *dropout, float *out)
{
    struct team *team = team_start(1);

    for (size_t i = 0; i < ALL; i++) ones[i] = 1;
    memset(out, 0, ALL * sizeof *out);
    dropout_forward(team, dropout, T, N, ones, LD, out, LD);
    for (size_t i = 0; i < ALL; i++) out[i] = out[i] != 0;
    team_stop(team);
}

static double share(const float *a, const float *b, size_t shift)
{
    size_t same = 0, count = 0;

    for (size_t t = 0; t < T; t++)
        for (size_t j = 0; j + shift < N; j++, count++)
            same += a[t * LD + j] == b[t * LD + j + shift];
    return (double)same / (double)count;
}

static double kept(const float *m)
{
    double sum = 0;

    for (size_t i = 0; i < ALL; i++) sum += (double)m[i];
    return sum / (T * N);
}

TEST(as_many_as_wanted)
{
    static const float rates[] = {0, 0.05F, 0.1F, 0.5F, 0.9F};
    static float m[ALL];

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const double p = (double)rates[i], deviation = sqrt(p * (1 - p) / (T * N));

        mask(&(struct dropout){rates[i], 7, 3}, m);
        CHECK_NEAR(kept(m), 1 - p, 4 * deviation);
    }
}

/* Masks of other calls, seeds, rows and columns have as much in common as chance gives them. */
TEST(independent)
{
    static float m[ALL], other[ALL];
    const double bound = 5 * 0.5 / sqrt((double)T * N);

    mask(&(struct dropout){0.5F, 7, 3}, m);
    mask(&(struct dropout){0.5F, 7, 3}, other);
    CHECK(same_bits(m, other, sizeof m));
    for (size_t shift = 1; shift < 70; shift++) CHECK_NEAR(share(m, m, shift), 0.5, bound);
    for (size_t row = 1; row < 5; row++) {
        memcpy(other, m + row * LD, (T - row) * LD * sizeof *m);
        memcpy(other + (T - row) * LD, m, row * LD * sizeof *m);
        CHECK_NEAR(share(m, other, 0), 0.5, bound);
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        mask(&(struct dropout){0.5F, 7 ^ UINT64_C(1) << bit, 3}, other);
        CHECK_NEAR(share(m, other, 0), 0.5, bound);
        mask(&(struct dropout){0.5F, 7, 3 ^ UINT64_C(1) << bit}, other);
        CHECK_NEAR(share(m, other, 0), 0.5, bound);
    }
    mask(&(struct dropout){0.5F, 3, 7}, other);
    CHECK_NEAR(share(m, other, 0), 0.5, bound);
}

/* Over many rows each column is as often kept as any other: the squares of what they differ by add
 * up to what chance gives, N within some times sqrt(2 N). */
TEST(even_over_columns)
{
    static float m[ALL];
    double squares = 0;

    mask(&(struct dropout){0.1F, 1, 1}, m);
    for (size_t j = 0; j < N; j++) {
        double sum = 0;

        for (size_t t = 0; t < T; t++) sum += (double)m[t * LD + j];
        squares += (sum - 0.9 * T) * (sum - 0.9 * T) / (T * 0.9 * 0.1);
    }
    CHECK_NEAR(squares, N, 4.5 * sqrt(2.0 * N));
}

TEST(values)
{
    static float x[ALL], y[ALL], m[ALL];
    const struct dropout dropout = {0.25F, 9, UINT64_C(1) << 60};
    struct team *team = team_start(1);

    noise(x, ALL, 1);
    memset(y, 0, sizeof y);
    mask(&dropout, m);
    dropout_forward(team, &dropout, T, N, x, LD, y, LD);
    for (size_t t = 0; t < T; t++)
        for (size_t j = 0; j < N; j++)
            CHECK_NEAR((double)y[t * LD + j], (double)m[t * LD + j] * (double)x[t * LD + j] / 0.75,
                       1e-6);
    CHECK(y[N] == 0 && y[N + 1] == 0);
    dropout_forward(team, &dropout, T, N, x, LD, x, LD);
    for (size_t t = 0; t < T; t++) CHECK(same_bits(x + t * LD, y + t * LD, N * sizeof *x));
    team_stop(team);
}

struct run {
    struct team *team;
    float x[60], g[60], dx[60];
};

static const struct dropout some = {0.3F, 5, 6};

static double loss(void *context)
{
    const struct run *run = context;
    float y[60];
    double sum = 0;

    dropout_forward(run->team, &some, 3, 20, run->x, 20, y, 20);
    for (size_t i = 0; i < 60; i++) sum += (double)run->g[i] * (double)y[i];
    return sum;
}

TEST(backward)
{
    struct run run = {.team = team_start(1)};

    noise(run.x, 60, 1);
    noise(run.g, 60, 2);
    dropout_backward(run.team, &some, 3, 20, run.g, 20, run.dx, 20);
    CHECK_GRADIENT(loss, &run, run.x, 60, run.dx, 1e-4);
    for (size_t i = 0; i < 60; i++) run.dx[i] = 8;
    dropout_backward(run.team, &some, 3, 20, run.g, 20, run.dx, 20);
    for (size_t i = 0; i < 60; i++) run.dx[i] -= 8;
    CHECK_GRADIENT(loss, &run, run.x, 60, run.dx, 1e-4);
    team_stop(run.team);
}

static void results_of(struct team *team, void *out)
{
    static float x[ALL];
    float *y = out;

    noise(x, ALL, 4);
    dropout_forward(team, &some, T, N, x, LD, y, LD);
    dropout_backward(team, &some, T, N, y, LD, y + ALL, LD);
}

TEST(threads_agree)
{
    CHECK(teams_agree(results_of, sizeof(float) * 2 * ALL));
}

int main(void)
{
    RUN(as_many_as_wanted);
    RUN(independent);
    RUN(even_over_columns);
    for (int plain = 0; plain <= 1; plain++) {
        if (plain) cpu_limit(CPU_PLAIN);
        RUN(values);
        RUN(backward);
        RUN(threads_agree);
    }
    return check_end();
}
