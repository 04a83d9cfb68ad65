#include "ops/logprob.h"

#include "lanes/lanes.h"
#include "ops/pieces.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* So many floats are summed as floats, in lanes; their sums in double. */
enum { BLOCK = 1024 };

struct logprob {
    const struct lanes *lanes;
    size_t V;
    const float *z, *z_ref;
    size_t ldz;
    const uint32_t *ids;
    double *logp, *lse, *mean, *kl;

    float *dz;
    const double *sums;
    const float *dlogp;
};

static size_t block_end(size_t first, size_t n)
{
    return n - first < BLOCK ? n : first + BLOCK;
}

static double log_sum_exp(const struct lanes *lanes, const float *z, size_t n)
{
    const float most = lanes->max(z, n);
    float block[BLOCK];
    double sum = 0;

    assert(n > 0);
    for (size_t j = 0; j < n; j += BLOCK) {
        const size_t count = block_end(j, n) - j;

        memcpy(block, z + j, count * sizeof *block);
        sum += (double)lanes->exp_sum(block, most, count);
    }
    return (double)most + log(sum);
}

static double mean_of(const struct lanes *lanes, const float *z, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j += BLOCK) sum += (double)lanes->sum(z + j, block_end(j, n) - j);
    return sum / (double)n;
}

static void forward_row(void *context, size_t t, size_t thread)
{
    const struct logprob *op = context;
    const float *z = op->z + t * op->ldz;
    const double lse = log_sum_exp(op->lanes, z, op->V);

    (void)thread;
    assert(op->ids[t] < op->V);
    op->logp[t] = (double)z[op->ids[t]] - lse;
    if (op->lse) op->lse[t] = lse;
    if (op->mean) op->mean[t] = mean_of(op->lanes, z, op->V);
}

void logprob_forward(struct team *team, size_t T, size_t V, const float *z, size_t ldz,
                     const uint32_t *ids, double *logp, double *lse, double *mean)
{
    struct logprob op = {.lanes = lanes_get(),
                         .V = V,
                         .z = z,
                         .ldz = ldz,
                         .ids = ids,
                         .logp = logp,
                         .lse = lse,
                         .mean = mean};

    team_run(team, T, forward_row, &op);
}

/* What is lost when lse becomes a float is made good by the factor. */
static void backward_row(void *context, size_t t, size_t thread)
{
    const struct logprob *op = context;
    const float shift = (float)op->sums[t], g = op->dlogp ? op->dlogp[t] : 1;
    const float factor = (float)(-(double)g * exp((double)shift - op->sums[t]));
    float *dz = op->dz + t * op->ldz;

    (void)thread;
    assert(op->ids[t] < op->V);
    for (size_t j = 0; j < op->V; j += BLOCK) {
        op->lanes->exp_sum(dz + j, shift, block_end(j, op->V) - j);
        op->lanes->scale(factor, dz + j, block_end(j, op->V) - j);
    }
    dz[op->ids[t]] += g;
}

void logprob_backward(struct team *team, size_t T, size_t V, float *z, size_t ldz,
                      const uint32_t *ids, const double *lse, const float *dlogp)
{
    struct logprob op = {
        .lanes = lanes_get(), .V = V, .dz = z, .ldz = ldz, .ids = ids, .sums = lse, .dlogp = dlogp};

    team_run(team, T, backward_row, &op);
}

/* p_j = exp(z_j - lse). What is lost when lse becomes a float is made good by a factor. */
static void probabilities(const struct lanes *lanes, const float *z, double lse, float *p, size_t n)
{
    memcpy(p, z, n * sizeof *p);
    lanes->exp_sum(p, (float)lse, n);
    lanes->scale((float)exp((double)(float)lse - lse), p, n);
}

/* d - 1 + exp(-d) to 4e-7 of itself for |d| below 1/4, where the difference would lose digits. */
static inline float small_excess(float d)
{
    return d * d * (0.5F - d * (1.0F / 6 - d * (1.0F / 24 - d * (1.0F / 120 - d * (1.0F / 720)))));
}

/* As p and q both add up to 1, the sum of p d is that of p (d - 1) + q, where d = log p - log q.
 * There no term is below 0, and an error in lse or lse_ref matters in the second order only. */
static void divergence_row(void *context, size_t t, size_t thread)
{
    const struct logprob *op = context;
    const struct lanes *lanes = op->lanes;
    const float *z = op->z + t * op->ldz, *z_ref = op->z_ref + t * op->ldz;
    const double lse = log_sum_exp(lanes, z, op->V), lse_ref = log_sum_exp(lanes, z_ref, op->V);
    const float between = (float)(lse - lse_ref);
    float p[BLOCK], q[BLOCK];
    double sum = 0;

    (void)thread;
    for (size_t j = 0; j < op->V; j += BLOCK) {
        const size_t n = block_end(j, op->V) - j;

        probabilities(lanes, z + j, lse, p, n);
        probabilities(lanes, z_ref + j, lse_ref, q, n);
        for (size_t i = 0; i < n; i++) {
            const float d = z[j + i] - z_ref[j + i] - between;
            const float small = p[i] * small_excess(d), large = p[i] * (d - 1) + q[i];

            p[i] = fabsf(d) < 0.25F ? small : large;
        }
        sum += (double)lanes->sum(p, n);
    }
    op->kl[t] = sum;
}

void logprob_divergence(struct team *team, size_t T, size_t V, const float *z, const float *z_ref,
                        size_t ldz, double *kl)
{
    struct logprob op = {
        .lanes = lanes_get(), .V = V, .z = z, .z_ref = z_ref, .ldz = ldz, .kl = kl};

    team_run(team, T, divergence_row, &op);
}
