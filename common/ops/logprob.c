#include "ops/logprob.h"

#include "lanes/lanes.h"
#include "ops/pieces.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* So many floats are summed as floats, in lanes; their sums in double. */
enum { BLOCK = 1024 };

struct logprob {
    const struct lanes *lanes;
    size_t V;
    const float *z, *z_ref;
    size_t ldz;
    const uint32_t *ids;
    double *logp, *lse, *kl;
    struct row_facts facts;

    float *dz;
    const double *sums;
    const float *dlogp;
};

static size_t block_end(size_t first, size_t n)
{
    return n - first < BLOCK ? n : first + BLOCK;
}

static double log_sum_exp(const struct lanes *lanes, const float *z, float most, size_t n)
{
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

struct row_facts row_facts_at(const struct row_facts *facts, size_t t)
{
    if (!facts) return (struct row_facts){0};
    return (struct row_facts){.mean = facts->mean ? facts->mean + t : NULL,
                              .entropy = facts->entropy ? facts->entropy + t : NULL,
                              .square = facts->square ? facts->square + t : NULL,
                              .best = facts->best ? facts->best + t : NULL};
}

/* The same sum as log_sum_exp's, and what stands beside it. With d = z - most, no term of
 *
 *     entropy = log sum e - sum e d / sum e
 *
 * is below 0, so that nothing is lost between them. */
static double moments_of(const struct logprob *op, const float *z, float most, size_t t)
{
    const struct row_facts *facts = &op->facts;
    double x = 0, e = 0, ed = 0, ee = 0;

    assert(op->V > 0);
    for (size_t j = 0; j < op->V; j += BLOCK) {
        struct lanes_moments block;

        op->lanes->exp_moments(z + j, most, block_end(j, op->V) - j, &block);
        x += (double)block.x;
        e += (double)block.e;
        ed += (double)block.ed;
        ee += (double)block.ee;
    }
    if (facts->mean) facts->mean[t] = x / (double)op->V;
    if (facts->entropy) facts->entropy[t] = log(e) - ed / e;
    if (facts->square) facts->square[t] = log(ee) - 2 * log(e);
    return (double)most + log(e);
}

static void forward_row(void *context, size_t t, size_t thread)
{
    const struct logprob *op = context;
    const struct row_facts *facts = &op->facts;
    const float *z = op->z + t * op->ldz, most = op->lanes->max(z, op->V);
    const bool measured = facts->mean || facts->entropy || facts->square;
    const double lse =
        measured ? moments_of(op, z, most, t) : log_sum_exp(op->lanes, z, most, op->V);
    const uint32_t id = op->ids[t];

    (void)thread;
    assert(id < op->V);
    op->logp[t] = (double)z[id] - lse;
    if (op->lse) op->lse[t] = lse;
    if (facts->best) facts->best[t] = z[id] >= most && z[id] > op->lanes->max(z, id);
}

void logprob_forward(struct team *team, size_t T, size_t V, const float *z, size_t ldz,
                     const uint32_t *ids, double *logp, double *lse, const struct row_facts *facts)
{
    struct logprob op = {.lanes = lanes_get(),
                         .V = V,
                         .z = z,
                         .ldz = ldz,
                         .ids = ids,
                         .logp = logp,
                         .lse = lse,
                         .facts = row_facts_at(facts, 0)};

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
    const double lse = log_sum_exp(lanes, z, lanes->max(z, op->V), op->V);
    const double lse_ref = log_sum_exp(lanes, z_ref, lanes->max(z_ref, op->V), op->V);
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
