#include "check.h"
#include "decoder/head.h"
#include "decoder/whole.h"
#include "golden.h"
#include "model/config_json.h"
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>

static void check_logp(const struct trial *trial, const struct safetensors *file, const char *name,
                       double tolerance)
{
    const double *logp = trial->logp;

    for (size_t i = 0; i < SEQUENCES; i++) {
        size_t count;
        float *want = numeric_floats(file, golden_name(name, i), &count);
        float *got = mem_zero(count, sizeof *got);

        for (size_t j = 0; j < count; j++) got[j] = (float)*logp++;
        check_near(numeric_distance(got, want, count), 0, tolerance, name, __FILE__, __LINE__);
        mem_free(got);
        mem_free(want);
    }
    CHECK_INT(logp - trial->logp, trial->batch.scored_count);
}

static void check_logits(const struct trial *trial, const struct safetensors *file)
{
    const struct decoder *decoder = &trial->numeric->decoder;
    const size_t V = decoder->config->vocabulary, T = trial->batch.rows;
    size_t ld, row = 0;
    const float *rows = step_rows(trial->step, &ld);
    float *f = mem_zero(T * ld, sizeof *f), *logits = mem_zero(T * V, sizeof *logits);

    head_logits(decoder, T, rows, f, logits, V);
    for (size_t i = 0; i < SEQUENCES; i++) {
        size_t count;
        float *want = numeric_floats(file, golden_name("base.logits", i), &count);

        CHECK_NEAR(numeric_distance(logits + row * V, want, count), 0, 1e-5);
        row += count / V;
        mem_free(want);
    }
    CHECK_INT(row, T);
    mem_free(f);
    mem_free(logits);
}

TEST(logits_are_those_of_transformers)
{
    for (const char *const *name = numeric_models; *name; name++) {
        struct numeric numeric;
        struct safetensors file;
        struct trial trial = {.numeric = &numeric};

        if (!CHECK(numeric_open(&numeric, *name, PRECISION_F32, 2, false))) continue;
        if (!golden_open(&file, *name, "")) return;
        add_sequences(&trial.batch, &file, false);
        trial_make(&trial, false, 0);
        trial_forward(&trial, false, false);
        check_logits(&trial, &file);
        trial_release(&trial);
        safetensors_close(&file);
        numeric_close(&numeric);
    }
}

/* Opens a decoder on the same weights under another config. */
static bool vary(struct numeric *numeric, struct text config)
{
    struct err err;

    decoder_close(&numeric->decoder);
    if (!config_from_json(&numeric->model.config, config, "varied.jsonl", &err)) {
        printf("# %s\n", err.text);
        return false;
    }
    decoder_open(&numeric->decoder, &numeric->base, PRECISION_F32, numeric->team);
    decoder_reach(&numeric->decoder, 256);
    return true;
}

static void check_varied(const struct scan *scan, const char *model)
{
    struct numeric numeric;
    struct safetensors file;
    struct trial trial = {.numeric = &numeric};
    const struct text list = golden_span(scan, "logp");
    const char *at = list.at + 1;

    if (!CHECK(numeric_open(&numeric, model, PRECISION_F32, 2, false))) return;
    if (!CHECK(vary(&numeric, golden_span(scan, "config")))) return;
    if (!golden_open(&file, model, "")) return;
    add_sequences(&trial.batch, &file, true);
    trial_make(&trial, false, 0);
    trial_forward(&trial, false, false);
    for (size_t i = 0; i < trial.batch.scored_count && at < list.at + list.len; i++) {
        char *end;

        CHECK_NEAR(trial.logp[i], strtod(at, &end), 2e-5);
        at = end + 1;
    }
    CHECK(at == list.at + list.len);
    trial_release(&trial);
    safetensors_close(&file);
    numeric_close(&numeric);
}

TEST(other_ropes_and_windows_are_those_of_transformers)
{
    struct buffer text = {0}, model = {0};
    struct scan scan = {0};
    const char *at;
    size_t cases = 0;

    if (!CHECK(golden_read("numeric/varied.jsonl", &text))) return;
    for (at = text.at; golden_line(&at, text.at + text.len, &scan); cases++)
        check_varied(&scan, golden_string(&scan, "model", &model).at);
    CHECK_INT(cases, 5);
    scan_release(&scan);
    buffer_release(&text);
    buffer_release(&model);
}

static void check_gradients(const struct parameters *parameters, const struct safetensors *file,
                            const char *prefix, double tolerance)
{
    size_t found = 0;

    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->items[i];
        char name[256];
        size_t count;
        float *want;

        snprintf(name, sizeof name, "%s%s", prefix, parameter->name);
        want = numeric_floats(file, name, &count);
        if (!CHECK(want && count == parameter->count)) continue;
        found++;
        check_near(numeric_distance(parameters->gradients + parameter->offset, want, count), 0,
                   tolerance, name, __FILE__, __LINE__);
        mem_free(want);
    }
    CHECK(found == parameters->count && found > 0);
}

TEST(log_probs_and_gradients_are_those_of_transformers_and_peft)
{
    for (const char *const *name = numeric_models; *name; name++) {
        struct numeric numeric;
        struct safetensors file;
        struct trial trial = {.numeric = &numeric};

        if (!CHECK(numeric_open(&numeric, *name, PRECISION_F32, 2, true))) continue;
        if (!golden_open(&file, *name, "")) return;
        add_sequences(&trial.batch, &file, true);
        trial_make(&trial, true, SIZE_MAX);
        trial_forward(&trial, false, false);
        check_logp(&trial, &file, "base.logp", 1e-5);
        trial_forward(&trial, true, true);
        check_logp(&trial, &file, "lora.logp", 1e-5);
        for (size_t i = 0; i < trial.batch.scored_count; i++)
            trial.dlogp[i] = -1 / (float)trial.batch.scored_count;
        step_backward(trial.step, &trial.batch, trial.dlogp);
        check_gradients(&numeric.adapter.parameters, &file, "grad.", 1e-5);
        trial_release(&trial);
        safetensors_close(&file);
        numeric_close(&numeric);
    }
}

TEST(all_gradients_of_a_whole_model_are_those_of_transformers)
{
    struct numeric numeric;
    struct safetensors file, golden;
    struct parameters parameters;
    struct trial trial = {.numeric = &numeric};

    if (!CHECK(numeric_open(&numeric, "smollm", PRECISION_F32, 2, false))) return;
    if (!golden_open(&file, "smollm", "") || !golden_open(&golden, "smollm", ".fullgrad")) return;
    whole_init(&parameters, &numeric.decoder);
    add_sequences(&trial.batch, &file, true);
    trial_make(&trial, true, 1);
    trial_forward(&trial, false, true);
    check_logp(&trial, &file, "base.logp", 1e-5);
    for (size_t i = 0; i < trial.batch.scored_count; i++)
        trial.dlogp[i] = -1 / (float)trial.batch.scored_count;
    step_backward(trial.step, &trial.batch, trial.dlogp);
    check_gradients(&parameters, &golden, "", 1e-5);
    trial_release(&trial);
    parameters_release(&parameters);
    safetensors_close(&file);
    safetensors_close(&golden);
    numeric_close(&numeric);
}

/* Sums over each answer: sums[2 i] chosen, sums[2 i + 1] rejected. */
static void sum_answers(const struct trial *trial, const size_t *counts, double *sums)
{
    const double *logp = trial->logp;

    for (size_t i = 0; i < 2 * SEQUENCES; i++) {
        sums[i] = 0;
        for (size_t j = 0; j < counts[i]; j++) sums[i] += *logp++;
    }
}

static void check_sums(const struct safetensors *file, const char *chosen, const char *rejected,
                       const double *sums)
{
    size_t count;
    float *want[2] = {numeric_floats(file, chosen, &count), numeric_floats(file, rejected, &count)};

    for (size_t i = 0; i < 2 * SEQUENCES; i++)
        CHECK_NEAR(sums[i] / (double)want[i % 2][i / 2], 1, 2e-6);
    mem_free(want[0]);
    mem_free(want[1]);
}

/* dlogp of the mean over the pairs of -log sigmoid(beta (chosen - rejected)), and that loss. */
static double preference(struct trial *trial, const size_t *counts, const double *policy,
                         const double *reference)
{
    const double beta = 0.1;
    double loss = 0;
    float *dlogp = trial->dlogp;

    for (size_t i = 0; i < SEQUENCES; i++) {
        const double u =
            beta * (policy[2 * i] - reference[2 * i] - policy[2 * i + 1] + reference[2 * i + 1]);
        const float g = (float)(beta / (1 + exp(u)) / SEQUENCES);

        loss += log1p(exp(-u)) / SEQUENCES;
        for (size_t j = 0; j < counts[2 * i]; j++) *dlogp++ = -g;
        for (size_t j = 0; j < counts[2 * i + 1]; j++) *dlogp++ = g;
    }
    return loss;
}

static void check_pairs(struct trial *trial, const struct safetensors *file, const size_t *counts)
{
    struct parameters *parameters = &trial->numeric->adapter.parameters;
    double reference[2 * SEQUENCES], policy[2 * SEQUENCES], loss;
    size_t count;
    float *want = numeric_floats(file, "loss", &count);

    trial_forward(trial, false, false);
    sum_answers(trial, counts, reference);
    check_sums(file, "ref_chosen_logps", "ref_rejected_logps", reference);
    trial_forward(trial, true, true);
    sum_answers(trial, counts, policy);
    check_sums(file, "chosen_logps", "rejected_logps", policy);
    loss = preference(trial, counts, policy, reference);
    CHECK_NEAR(loss / (double)*want, 1, 2e-6);
    parameters_clear_gradients(parameters);
    step_backward(trial->step, &trial->batch, trial->dlogp);
    check_gradients(parameters, file, "grad.", 2e-5);
    mem_free(want);
}

TEST(a_preference_step_is_that_of_transformers_with_prompts_shared_or_not)
{
    for (const char *const *name = numeric_models; *name; name++) {
        struct numeric numeric;
        struct safetensors file;

        if (!CHECK(numeric_open(&numeric, *name, PRECISION_F32, 2, true))) continue;
        if (!golden_open(&file, *name, ".dpo")) return;
        for (int shared = 0; shared < 2; shared++) {
            struct trial trial = {.numeric = &numeric};
            size_t counts[2 * SEQUENCES];

            add_pairs(&trial.batch, &file, shared, counts);
            trial_make(&trial, true, SIZE_MAX);
            check_pairs(&trial, &file, counts);
            trial_release(&trial);
        }
        safetensors_close(&file);
        numeric_close(&numeric);
    }
}

int main(void)
{
    RUN(logits_are_those_of_transformers);
    RUN(other_ropes_and_windows_are_those_of_transformers);
    RUN(log_probs_and_gradients_are_those_of_transformers_and_peft);
    RUN(all_gradients_of_a_whole_model_are_those_of_transformers);
    RUN(a_preference_step_is_that_of_transformers_with_prompts_shared_or_not);
    return check_end();
}
