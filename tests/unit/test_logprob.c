#include "ops/logprob.h"

#include "gradient.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "teams.h"

enum { T = 3, V = 37, LD = 40 };

static const uint32_t ids[] = {0, V - 1, 20};

struct run {
    struct team *team;
    float z[T * LD], g[T];
};

static void run_init(struct run *run)
{
    *run = (struct run){.team = team_start(1)};
    noise(run->z, T * LD, 1);
    noise(run->g, T, 2);
    for (size_t i = 0; i < T * LD; i++) run->z[i] *= 3;
}

static double log_sum_exp(const float *z, size_t n)
{
    double most = -INFINITY, sum = 0;

    for (size_t j = 0; j < n; j++) most = fmax(most, (double)z[j]);
    for (size_t j = 0; j < n; j++) sum += exp((double)z[j] - most);
    return most + log(sum);
}

TEST(forward)
{
    double logp[T], lse[T], only[T];
    struct run run;

    run_init(&run);
    logprob_forward(run.team, T, V, run.z, LD, ids, logp, lse, NULL);
    logprob_forward(run.team, T, V, run.z, LD, ids, only, NULL, NULL);
    for (size_t t = 0; t < T; t++) {
        const float *z = run.z + t * LD;

        CHECK_NEAR(lse[t], log_sum_exp(z, V), 2e-7);
        CHECK_NEAR(logp[t], (double)z[ids[t]] - log_sum_exp(z, V), 2e-7);
        CHECK(only[t] == logp[t]);
    }
    team_stop(run.team);
}

static void check_facts(const float *z, size_t n, double mean, double entropy, double square)
{
    const double lse = log_sum_exp(z, n);
    double sum = 0, bits = 0, squares = 0;

    for (size_t j = 0; j < n; j++) {
        const double p = exp((double)z[j] - lse);

        sum += (double)z[j] / (double)n;
        bits += p * (lse - (double)z[j]);
        squares += p * p;
    }
    CHECK_NEAR(mean, sum, 1e-7 * fmax(1, fabs(sum)));
    CHECK_NEAR(entropy, bits, 1e-6 * fmax(bits, 1e-5));
    CHECK_NEAR(square, log(squares), 1e-6);
}

TEST(facts)
{
    double logp[T], same[T], lse[T], also[T], mean[T], entropy[T], square[T];
    unsigned char best[T];
    const struct row_facts all = {mean, entropy, square, best}, one = {.best = best};
    struct run run;

    run_init(&run);
    logprob_forward(run.team, T, V, run.z, LD, ids, logp, lse, NULL);
    logprob_forward(run.team, T, V, run.z, LD, ids, same, also, &all);
    CHECK(same_bits(same, logp, sizeof logp) && same_bits(also, lse, sizeof lse));
    for (size_t t = 0; t < T; t++) {
        check_facts(run.z + t * LD, V, mean[t], entropy[t], square[t]);
        CHECK_INT(best[t], 0);
        run.z[t * LD + ids[t]] = 10;
    }
    run.z[LD] = run.z[2 * LD + V - 1] = 10;
    logprob_forward(run.team, T, V, run.z, LD, ids, logp, NULL, &one);
    CHECK(best[0] == 1 && best[1] == 0 && best[2] == 1);
    team_stop(run.team);
}

/* A vocabulary as large as they come, far from 0 and with one token that is all but certain. */
TEST(large_vocabulary)
{
    enum { MANY = 151937 };
    static float z[MANY];
    const uint32_t id = 5, likely = MANY - 1;
    struct team *team = team_start(1);
    double logp, lse, mean, entropy, square;
    unsigned char best;
    const struct row_facts all = {&mean, &entropy, &square, &best};

    noise(z, MANY, 1);
    for (size_t j = 0; j < MANY; j++) z[j] = z[j] * 10 - 100;
    logprob_forward(team, 1, MANY, z, MANY, &id, &logp, &lse, &all);
    CHECK_NEAR(lse, log_sum_exp(z, MANY), 2e-7);
    check_facts(z, MANY, mean, entropy, square);
    z[MANY - 1] = -50;
    logprob_forward(team, 1, MANY, z, MANY, &likely, &logp, NULL, &all);
    CHECK_NEAR(logp, -50 - log_sum_exp(z, MANY), 1e-12);
    check_facts(z, MANY, mean, entropy, square);
    CHECK(logp <= 0 && best == 1 && square > -1e-6);
    z[0] = -INFINITY;
    z[1] = NAN;
    logprob_forward(team, 1, MANY, z, MANY, &likely, &logp, NULL, NULL);
    CHECK(isnan(logp));
    team_stop(team);
}

static double loss(void *context)
{
    const struct run *run = context;
    double logp[T], sum = 0;

    logprob_forward(run->team, T, V, run->z, LD, ids, logp, NULL, NULL);
    for (size_t t = 0; t < T; t++) sum += (double)run->g[t] * logp[t];
    return sum;
}

TEST(backward)
{
    double logp[T], lse[T];
    float dz[T * LD];
    struct run run;

    run_init(&run);
    memcpy(dz, run.z, sizeof dz);
    logprob_forward(run.team, T, V, dz, LD, ids, logp, lse, NULL);
    logprob_backward(run.team, T, V, dz, LD, ids, lse, run.g);
    for (size_t t = 0; t < T; t++) {
        CHECK_GRADIENT(loss, &run, run.z + t * LD, V, dz + t * LD, 1e-4);
        CHECK(same_bits(dz + t * LD + V, run.z + t * LD + V, (LD - V) * sizeof *dz));
        for (size_t j = 0; j < V; j++) {
            const double p = exp((double)run.z[t * LD + j] - log_sum_exp(run.z + t * LD, V));
            const double want = (double)run.g[t] * ((j == ids[t]) - p);

            CHECK_NEAR((double)dz[t * LD + j], want, 1e-7);
        }
    }
    for (size_t t = 0; t < T; t++) run.g[t] = 1;
    memcpy(dz, run.z, sizeof dz);
    logprob_backward(run.team, T, V, dz, LD, ids, lse, NULL);
    for (size_t t = 0; t < T; t++) CHECK_GRADIENT(loss, &run, run.z + t * LD, V, dz + t * LD, 1e-4);
    team_stop(run.team);
}

static double divergence(const float *z, const float *z_ref, size_t n)
{
    const double lse = log_sum_exp(z, n), lse_ref = log_sum_exp(z_ref, n);
    double sum = 0;

    for (size_t j = 0; j < n; j++)
        sum += exp((double)z[j] - lse) * ((double)z[j] - lse - ((double)z_ref[j] - lse_ref));
    return sum;
}

TEST(divergences)
{
    enum { MANY = 5003 };
    static float z[3 * MANY], z_ref[3 * MANY];
    struct team *team = team_start(2);
    double kl[3];

    noise(z, 3 * MANY, 1);
    noise(z_ref, 3 * MANY, 2);
    for (size_t j = 0; j < MANY; j++) {
        z_ref[j] = z[j];
        z_ref[MANY + j] = z[MANY + j] + z_ref[MANY + j] * 1e-3F + 0.25F;
        z[2 * MANY + j] *= 8;
    }
    logprob_divergence(team, 3, MANY, z, z_ref, MANY, kl);
    CHECK(kl[0] == 0);
    for (size_t t = 1; t < 3; t++) {
        const double want = divergence(z + t * MANY, z_ref + t * MANY, MANY);

        CHECK_NEAR(kl[t], want, 1e-3 * fmin(want, 1e-3));
    }
    CHECK(kl[1] > 1e-7 && kl[1] < 1e-6);
    team_stop(team);
}

enum { ROWS = 9, MANY = 3001 };

struct results {
    double logp[ROWS], lse[ROWS], mean[ROWS], entropy[ROWS], square[ROWS], kl[ROWS];
    unsigned char best[ROWS];
    float z[ROWS * MANY];
};

static void results_of(struct team *team, void *out)
{
    static const uint32_t tokens[ROWS] = {1, 2, 3000};
    static float ref[ROWS * MANY];
    struct results *results = out;
    const struct row_facts facts = {results->mean, results->entropy, results->square,
                                    results->best};

    noise(results->z, ROWS * MANY, 1);
    noise(ref, ROWS * MANY, 2);
    logprob_forward(team, ROWS, MANY, results->z, MANY, tokens, results->logp, results->lse,
                    &facts);
    logprob_divergence(team, ROWS, MANY, results->z, ref, MANY, results->kl);
    logprob_backward(team, ROWS, MANY, results->z, MANY, tokens, results->lse, NULL);
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
        RUN(facts);
        RUN(large_vocabulary);
        RUN(backward);
        RUN(divergences);
        RUN(threads_agree);
    }
    return check_end();
}
