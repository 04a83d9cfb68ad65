/* What the goldens do not hold: gradients by finite differences. */
#include "check.h"
#include "trial.h"

#include <stdio.h>

enum { PROBES = CHECK_SLOW ? 12 : 40 };

/* Weights of the scores in what is differentiated. */
static double loss_of(struct trial *trial, const struct step_mode *mode)
{
    double loss = 0;

    step_forward(trial->step, &trial->batch, mode, trial->logp, NULL);
    for (size_t i = 0; i < trial->batch.scored_count; i++)
        loss += (double)trial->dlogp[i] * trial->logp[i];
    return loss;
}

/* The gradient of some parameters, spread over all, against differences. */
static void check_slopes(struct trial *trial, struct step_mode mode)
{
    struct parameters *parameters = &trial->numeric->adapter.parameters;
    double off = 0, scale = 0;

    for (size_t i = 0; i < trial->batch.scored_count; i++)
        trial->dlogp[i] = 0.1F * (float)((int)(i % 5) - 1);
    mode.keep = true;
    loss_of(trial, &mode);
    step_backward(trial->step, &trial->batch, trial->dlogp);
    for (size_t i = 0; i < PROBES; i++) {
        const struct parameter *parameter = &parameters->items[i % parameters->count];
        const size_t at = parameter->offset + i * 31 % parameter->count;
        float *value = &parameters->values[at];
        const float was = *value, eps = 5e-3F;
        double slope;

        *value = was + eps;
        slope = loss_of(trial, &mode);
        *value = was - eps;
        slope = (slope - loss_of(trial, &mode)) / (2 * (double)eps);
        *value = was;
        off = fmax(off, fabs(slope - (double)parameters->gradients[at]));
        scale = fmax(scale, fabs(slope));
    }
    CHECK(scale > 0.1);
    CHECK_NEAR(off / scale, 0, 1e-2);
}

/* Pairs of a model with an adapter of its own, ready for check_slopes. */
static bool open_pairs(struct trial *trial, struct numeric *numeric, const char *model,
                       const struct adapter_options *options, bool dropout)
{
    struct safetensors file;
    size_t counts[2 * SEQUENCES];
    struct err err;

    *trial = (struct trial){.numeric = numeric, .plan.dropout = dropout};
    if (!CHECK(numeric_open(numeric, model, PRECISION_F32, 2, false))) return false;
    if (!CHECK(adapter_init(&numeric->adapter, &numeric->model.config, options, 3, &err)))
        return false;
    numeric->adapted = true;
    adapter_train(&numeric->adapter);
    for (size_t i = 0; i < numeric->adapter.parameters.count; i++) {
        const struct parameter *parameter = &numeric->adapter.parameters.items[i];

        for (size_t j = 0; j < parameter->count; j++)
            numeric->adapter.parameters.values[parameter->offset + j] +=
                0.1F * (float)((int)(j * 37 % 11) - 5) / 5;
    }
    decoder_adapt(&numeric->decoder, &numeric->adapter);
    if (!CHECK(golden_open(&file, model, ".dpo"))) return false;
    add_pairs(&trial->batch, &file, true, counts);
    safetensors_close(&file);
    return CHECK(trial_make(trial, true, 1));
}

static void all_linears(struct adapter_options *options)
{
    adapter_options_init(options);
    options->rank = 4;
    options->targets.pattern = mem_copy_text("all-linear");
}

TEST(dropout)
{
    const struct step_mode mode = {.adapted = true, .dropout = 0.4F, .seed = 9, .call = 2};
    struct step_mode other = mode, off = mode;
    struct adapter_options options;
    struct numeric numeric;
    struct trial trial = {0};
    double loss;

    all_linears(&options);
    if (!open_pairs(&trial, &numeric, "smollm", &options, true)) return;
    check_slopes(&trial, mode);
    loss = loss_of(&trial, &mode);
    CHECK(loss == loss_of(&trial, &mode));
    other.call = 3;
    CHECK(loss != loss_of(&trial, &other));
    off.dropout = 0;
    CHECK(loss != loss_of(&trial, &off));
    trial_release(&trial);
    numeric_close(&numeric);
    adapter_options_release(&options);
}

TEST(only_the_upper_layers_are_adapted)
{
    const struct step_mode mode = {.adapted = true};
    struct adapter_options options;
    struct numeric numeric;
    struct trial trial = {0};

    adapter_options_init(&options);
    name_list_add(&options.targets.names, "k_proj");
    name_list_add(&options.targets.names, "down_proj");
    adapter_options_add_layer(&options, 1);
    adapter_options_add_layer(&options, 2);
    if (!open_pairs(&trial, &numeric, "qwen2", &options, false)) return;
    CHECK_INT(numeric.decoder.lowest, 1);
    CHECK_INT(numeric.adapter.parameters.count, 8);
    check_slopes(&trial, mode);
    trial_release(&trial);
    numeric_close(&numeric);
    adapter_options_release(&options);
}

int main(void)
{
    RUN(dropout);
    RUN(only_the_upper_layers_are_adapted);
    return check_end();
}
