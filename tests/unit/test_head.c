/* What the head says of rows beside log-probabilities, against a plain computation in double. */
#include "check.h"
#include "trial.h"

#include <stdlib.h>

/* Logits in double of rows as they leave the last layer, [count, V], to be freed. */
static double *logits_of(const struct decoder *decoder, size_t count, const float *rows)
{
    const struct config *config = decoder->config;
    const size_t d = config->hidden, V = config->vocabulary;
    const enum weight_role role = config->tied ? WEIGHT_EMBEDDING : WEIGHT_HEAD;
    const float *scale = decoder->layers->vector[WEIGHT_FINAL_NORM];
    double *logits = mem_zero(count * V, sizeof *logits);
    float *w = mem_alloc(d * sizeof *w);

    for (size_t v = 0; v < V; v++) {
        matrix_to_f32(&decoder->layers->matrix[role], v, 0, d, w);
        for (size_t t = 0; t < count; t++) {
            const float *x = rows + t * d;
            double squares = 0, sum = 0;

            for (size_t j = 0; j < d; j++) {
                squares += (double)x[j] * (double)x[j];
                sum += (double)x[j] * (double)scale[j] * (double)w[j];
            }
            logits[t * V + v] = sum / sqrt(squares / (double)d + (double)config->eps);
        }
    }
    mem_free(w);
    return logits;
}

static double log_sum_exp(const double *z, size_t n, double times)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) sum += exp(times * z[j]);
    return log(sum);
}

/* The golden pairs, scored, and the rows they were scored by. */
struct scores {
    struct numeric numeric;
    struct trial trial;
    size_t count;
    double *mean, *entropy, *square;
    unsigned char *best;
    float *rows;
};

static bool score(struct scores *scores, const char *model, enum precision precision,
                  size_t threads, bool adapted, const struct decoder *reference)
{
    const struct step_mode mode = {.adapted = adapted};
    struct safetensors file;
    struct row_facts facts;
    size_t counts[2 * SEQUENCES];

    *scores = (struct scores){.trial.numeric = &scores->numeric};
    if (!CHECK(numeric_open(&scores->numeric, model, precision, threads, adapted))) return false;
    if (!golden_open(&file, "qwen2", ".dpo")) return CHECK(false);
    add_pairs(&scores->trial.batch, &file, true, counts);
    safetensors_close(&file);
    scores->trial.plan.reference = reference ? reference : &scores->numeric.decoder;
    if (!CHECK(trial_make(&scores->trial, false, 0))) return false;
    scores->count = scores->trial.batch.scored_count;
    scores->mean = mem_zero(scores->count, sizeof *scores->mean);
    scores->entropy = mem_zero(scores->count, sizeof *scores->entropy);
    scores->square = mem_zero(scores->count, sizeof *scores->square);
    scores->best = mem_zero(scores->count, 1);
    scores->rows = mem_zero(scores->count * scores->numeric.model.config.hidden, sizeof(float));
    facts = (struct row_facts){scores->mean, scores->entropy, scores->square, scores->best};
    step_forward(scores->trial.step, &scores->trial.batch, &mode, scores->trial.logp, &facts);
    step_scored_rows(scores->trial.step, &scores->trial.batch, scores->rows);
    return true;
}

static void scores_release(struct scores *scores)
{
    trial_release(&scores->trial);
    numeric_close(&scores->numeric);
    mem_free(scores->mean);
    mem_free(scores->entropy);
    mem_free(scores->square);
    mem_free(scores->best);
    mem_free(scores->rows);
}

/* How many are the best is returned. */
static size_t check_row(const struct scores *scores, size_t t, const double *z)
{
    const size_t V = scores->numeric.model.config.vocabulary;
    const uint32_t id = scores->trial.batch.scored[t].id;
    const double lse = log_sum_exp(z, V, 1);
    double sum = 0, entropy = 0;
    bool best = true;

    for (size_t j = 0; j < V; j++) {
        sum += z[j];
        entropy += exp(z[j] - lse) * (lse - z[j]);
        best = best && (j < id ? z[j] < z[id] : z[j] <= z[id]);
    }
    CHECK_NEAR(scores->trial.logp[t], z[id] - lse, 1e-5);
    CHECK_NEAR(scores->mean[t], sum / (double)V, 1e-5);
    CHECK_NEAR(scores->entropy[t], entropy, 1e-5);
    CHECK_NEAR(scores->square[t], log_sum_exp(z, V, 2) - 2 * lse, 2e-5);
    CHECK_INT(scores->best[t], best);
    return best;
}

TEST(facts_of_rows)
{
    for (const char *const *name = numeric_models; *name; name++) {
        struct scores scores;
        size_t best = 0;
        double *z;

        if (!score(&scores, *name, PRECISION_F32, 2, true, NULL)) return;
        z = logits_of(&scores.numeric.decoder, scores.count, scores.rows);
        for (size_t t = 0; t < scores.count; t++)
            best += check_row(&scores, t, z + t * scores.numeric.model.config.vocabulary);
        printf("# %s: %zu of %zu tokens are the likeliest\n", *name, best, scores.count);
        mem_free(z);
        scores_release(&scores);
    }
}

static double divergence(const double *z, const double *z_ref, size_t n)
{
    const double between = log_sum_exp(z, n, 1) - log_sum_exp(z_ref, n, 1);
    const double lse = log_sum_exp(z, n, 1);
    double sum = 0;

    for (size_t j = 0; j < n; j++) sum += exp(z[j] - lse) * (z[j] - z_ref[j] - between);
    return sum;
}

static void check_divergence(struct scores *policy, const struct scores *reference, size_t count,
                             double most)
{
    const struct decoder *other = &reference->numeric.decoder;
    const size_t V = other->config->vocabulary;
    double *z = logits_of(&policy->numeric.decoder, count, policy->rows);
    double *z_ref = logits_of(other, count, reference->rows);
    double *kl = mem_zero(count, sizeof *kl);

    step_divergence(policy->trial.step, other, count, policy->rows, reference->rows, kl);
    for (size_t t = 0; t < count; t++) {
        const double want = divergence(z + t * V, z_ref + t * V, V);

        CHECK_NEAR(kl[t], want, most * fmax(want, 0.1));
        CHECK(kl[t] > 0);
    }
    mem_free(kl);
    mem_free(z_ref);
    mem_free(z);
}

/* With the adapter from without; and from a model of another width, whose head is another one. */
TEST(divergences)
{
    static const char *const models[][2] = {
        {"qwen2", "qwen2"}, {"llama", "llama"}, {"smollm", "qwen2"}, {"qwen3", "smollm"}};
    static const double most[] = {[PRECISION_F32] = 1e-5, [PRECISION_BF16] = 0.05};

    for (size_t i = 0; i < 4 * sizeof models / sizeof *models; i++) {
        const char *const *pair = models[i / 4];
        const enum precision own = i & 1 ? PRECISION_BF16 : PRECISION_F32;
        const enum precision other = i & 2 ? PRECISION_BF16 : PRECISION_F32;
        struct scores policy, reference;

        if (!score(&reference, pair[1], other, 1, false, NULL)) return;
        if (!score(&policy, pair[0], own, 2, true, &reference.numeric.decoder)) return;
        check_divergence(&policy, &reference, policy.count, most[own | other]);
        check_divergence(&policy, &reference, 1, most[own | other]);
        scores_release(&policy);
        scores_release(&reference);
    }
}

TEST(neither_threads_nor_company_change_a_bit)
{
    struct scores one, two;
    double *kl[2];

    if (!score(&one, "llama", PRECISION_F32, 1, true, NULL) ||
        !score(&two, "llama", PRECISION_F32, 2, true, NULL))
        return;
    CHECK(memcmp(one.mean, two.mean, one.count * sizeof *one.mean) == 0);
    CHECK(memcmp(one.entropy, two.entropy, one.count * sizeof *one.mean) == 0);
    CHECK(memcmp(one.square, two.square, one.count * sizeof *one.mean) == 0);
    for (size_t i = 0; i < 2; i++) kl[i] = mem_zero(one.count, sizeof *kl[i]);
    step_divergence(one.trial.step, &one.numeric.decoder, one.count - 1, one.rows,
                    one.rows + one.numeric.model.config.hidden, kl[0]);
    for (size_t t = 0; t + 1 < one.count; t++) {
        const float *rows = two.rows + t * two.numeric.model.config.hidden;

        step_divergence(two.trial.step, &two.numeric.decoder, 1, rows,
                        rows + two.numeric.model.config.hidden, kl[1] + t);
    }
    CHECK(kl[0][0] > 0 && memcmp(kl[0], kl[1], one.count * sizeof *kl[0]) == 0);
    step_divergence(one.trial.step, &one.numeric.decoder, one.count, one.rows, one.rows, kl[0]);
    for (size_t t = 0; t < one.count; t++) CHECK(kl[0][t] == 0);
    for (size_t i = 0; i < 2; i++) mem_free(kl[i]);
    scores_release(&one);
    scores_release(&two);
}

int main(void)
{
    RUN(facts_of_rows);
    RUN(divergences);
    RUN(neither_threads_nor_company_change_a_bit);
    return check_end();
}
