#include "ops/embedding.h"

#include "check.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "teams.h"

enum { VOCABULARY = 50, N = 37, T = 40, LD = 38 };

static float weights[VOCABULARY * N];
static uint32_t ids[T];

static void fill(void)
{
    noise(weights, VOCABULARY * N, 1);
    for (uint32_t t = 0; t < T; t++) ids[t] = t * 7 % VOCABULARY;
    ids[0] = VOCABULARY - 1;
    ids[3] = ids[2];
}

static void results_of(struct team *team, void *out)
{
    const struct matrix w = matrix_of_floats(weights, VOCABULARY, N, N);

    fill();
    embedding_forward(team, &w, T, ids, out, LD);
}

TEST(forward)
{
    struct team *team = team_start(1);
    float y[T * LD] = {0};

    results_of(team, y);
    for (size_t t = 0; t < T; t++) {
        CHECK(same_bits(y + t * LD, weights + ids[t] * N, N * sizeof *y));
        CHECK(y[t * LD + N] == 0);
    }
    team_stop(team);
}

TEST(backward)
{
    float dy[T * LD], dw[VOCABULARY * N], want[VOCABULARY * N];

    fill();
    noise(dy, T * LD, 2);
    noise(dw, VOCABULARY * N, 3);
    memcpy(want, dw, sizeof want);
    for (size_t t = 0; t < T; t++)
        for (size_t j = 0; j < N; j++) want[ids[t] * N + j] += dy[t * LD + j];
    embedding_backward(T, N, ids, dy, LD, dw);
    CHECK(same_bits(dw, want, sizeof dw));
}

TEST(threads_agree)
{
    CHECK(teams_agree(results_of, sizeof(float) * T * LD));
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
