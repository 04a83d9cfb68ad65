/* Warnings while a run goes on: each one's words, when it is given, and when not again. */
#include "control/watch.h"

#include "check.h"
#include "unit/states.h"

static struct watch watch;
static struct warnings warnings;

/* 100 updates, 10 of warm-up, a KL limit of 0.1, losses from 0.6931 on. */
static void begin(void)
{
    watch_init(&watch, 100, 10, 0.1, 0.6931);
    warnings.count = 0;
}

static void update(uint64_t step, double loss, double norm)
{
    warnings.count = 0;
    watch_update(&watch, step, loss, norm, &warnings);
}

static struct evaluation calm(uint64_t step)
{
    return (struct evaluation){.step = step,
                               .loss = 0.5,
                               .accuracy = 0.8,
                               .margin = 0.1 * (double)step,
                               .kl = 0.01,
                               .beta = 0.1,
                               .chosen = -100,
                               .reference_chosen = -100};
}

static void evaluate(const struct evaluation *evaluation)
{
    warnings.count = 0;
    watch_evaluation(&watch, evaluation, &warnings);
}

/* The last call warned of this, and of nothing else; NULL: of nothing. */
static void said(const char *kind, const char *words)
{
    CHECK_INT(warnings.count, kind ? 1 : 0);
    if (!kind || warnings.count == 0) return;
    CHECK_TEXT(warnings.items[0].kind, kind);
    CHECK_TEXT(warnings.items[0].words, words);
}

TEST(gradients)
{
    begin();
    update(1, 0.5, 12.5);
    said("gradient-explodes", "step 1: gradient norm 12.5 explodes, above 10: lower "
                              "--learning-rate or --max-grad-norm");
    update(2, 0.5, INFINITY); /* still */
    said(NULL, NULL);
    update(3, 0.5, 0.0001);
    said("gradient-vanishes",
         "step 3: gradient norm 0.0001 vanishes, below 0.001: nothing is learned any more; fewer "
         "--epochs where the margin is large, else look at the pairs");
    update(4, 0.5, 10);
    said(NULL, NULL);
    update(5, 0.5, 20); /* anew, but too soon */
    said(NULL, NULL);
    update(6, 0.5, 1);
    update(11, 0.5, INFINITY);
    said("gradient-explodes", "step 11: gradient norm inf explodes, above 10: lower "
                              "--learning-rate or --max-grad-norm");
    update(12, NAN, NAN);
    said(NULL, NULL);
}

TEST(silence_ends_while_it_lasts)
{
    begin();
    update(1, 0.5, 20);
    update(2, 0.5, 1);
    for (uint64_t step = 3; step < 11; step++) {
        update(step, 0.5, 20);
        said(NULL, NULL);
    }
    update(11, 0.5, 20);
    CHECK_INT(warnings.count, 1);
    for (uint64_t step = 12; step < 100; step++) {
        update(step, 0.5, 20);
        said(NULL, NULL);
    }
}

TEST(spikes)
{
    begin();
    for (uint64_t step = 1; step < 5; step++) update(step, 0.5, 1);
    update(5, 1.6, 1); /* too early to tell */
    said(NULL, NULL);
    begin();
    for (uint64_t step = 1; step < 6; step++) update(step, 0.5, 1);
    update(6, 1.5, 1); /* three times and no more */
    said(NULL, NULL);
    begin();
    for (uint64_t step = 1; step < 6; step++) update(step, 0.5, 1);
    update(6, 1.6, 1);
    said("loss-spike", "step 6: loss 1.6 spikes, its mean was 0.5: lower --learning-rate, "
                       "--gradient-accumulation 8, --max-grad-norm 0.5 or a longer --warmup-steps");
    begin();
    for (uint64_t step = 1; step < 6; step++) update(step, 0.01, 1);
    update(6, 0.1, 1); /* small numbers leap for nothing */
    said(NULL, NULL);
}

#define STILL                                                                                      \
    "--learning-rate three times as high, then a third of it; one prompt format for all; for "     \
    "pairs a lower --beta, and those of higher consensus"

TEST(no_convergence)
{
    begin();
    for (uint64_t step = 1; step < 20; step++) {
        update(step, 0.69, 1);
        said(NULL, NULL);
    }
    update(20, 0.69, 1);
    said("no-convergence", "step 20: loss 0.69 is still where it started, at 0.6931: " STILL);
    for (uint64_t step = 21; step < 100; step++) {
        update(step, 0.69, 1);
        said(NULL, NULL);
    }
    begin();
    for (uint64_t step = 1; step <= 100; step++) {
        update(step, 0.69 - 0.005 * (double)step, 1);
        said(NULL, NULL);
    }
    watch_init(&watch, 100, 10, 0, NAN); /* from the first one on */
    for (uint64_t step = 1; step < 20; step++) update(step, 5, 1);
    update(20, 5, 1);
    said("no-convergence", "step 20: loss 5 is still where it started, at 5: " STILL);
}

TEST(overfitting)
{
    const double training[] = {0.5, 0.4, 0.3, 0.2}, losses[] = {0.5, 0.4, 0.45, 0.5};

    begin();
    for (uint64_t i = 0; i < 4; i++) {
        struct evaluation evaluation = calm(10 * i + 20);

        for (uint64_t k = 1; k <= 10; k++) update(10 * i + 10 + k, training[i], 1);
        evaluation.loss = losses[i];
        evaluate(&evaluation);
        if (i < 3) said(NULL, NULL);
    }
    said("overfitting", "step 50: evaluation loss rose twice, 0.4 to 0.5, while training loss "
                        "fell, 0.4 to 0.2: fewer --epochs (more than 3 may overfit) or "
                        "--early-stopping 2");
}

/* Both rise: not overfitting. Nor is it known without updates in between. */
TEST(no_overfitting)
{
    begin();
    for (uint64_t i = 0; i < 4; i++) {
        struct evaluation evaluation = calm(10 * i + 20);

        update(10 * i + 20, 0.3 + 0.05 * (double)i, 1);
        evaluation.loss = 0.4 + 0.05 * (double)i;
        evaluate(&evaluation);
        said(NULL, NULL);
    }
    begin();
    for (uint64_t i = 0; i < 4; i++) {
        struct evaluation evaluation = calm(10 * i + 20);

        evaluation.loss = 0.4 + 0.05 * (double)i;
        evaluate(&evaluation);
        said(NULL, NULL);
    }
}

TEST(chosen_falls)
{
    struct evaluation evaluation = calm(20);

    begin();
    evaluation.chosen = -110;
    evaluate(&evaluation);
    said(NULL, NULL);
    evaluation.chosen = -115;
    evaluate(&evaluation);
    said("chosen-falls", "step 20: chosen answers fall, too, log-probability -100 to -115: --loss "
                         "sigmoid+0.2*sft or --loss apo_zero holds them up");
    begin();
    evaluation.reference_chosen = NAN;
    evaluate(&evaluation);
    said(NULL, NULL);
}

TEST(too_good)
{
    struct evaluation evaluation = calm(49);

    begin();
    evaluation.margin = 10.5;
    evaluate(&evaluation);
    said("margin-explodes",
         "step 49: margin 10.5 explodes, above 10: the model may babble; lower --learning-rate "
         "(5e-6 to 5e-5 with LoRA), fewer --epochs, --kl-limit 0.1");
    begin();
    evaluation = calm(49);
    evaluation.accuracy = 1;
    evaluate(&evaluation);
    said("accuracy-early", "step 49: accuracy is 1 already, before half of the updates: the pairs "
                           "are easy to tell apart, by length or "
                           "form perhaps; fewer --epochs, lower --learning-rate");
    begin();
    evaluation.step = 50;
    evaluate(&evaluation);
    said(NULL, NULL);
}

static void evaluate_margins(const double margins[3], uint64_t first)
{
    begin();
    for (uint64_t i = 0; i < 3; i++) {
        struct evaluation evaluation = calm(first + 10 * i);

        evaluation.margin = margins[i];
        evaluate(&evaluation);
        if (i < 2) said(NULL, NULL);
    }
}

TEST(flat_margin)
{
    evaluate_margins((double[]){0.003, 0.009, 0.005}, 10);
    said("margin-flat", "step 30: margin stays flat, at 0.005 in 3 evaluations: clearer pairs "
                        "(dpo-filter --min-gap 0.15), --beta 0.08, a higher --learning-rate with "
                        "care, more --epochs");
    evaluate_margins((double[]){0.003, 0.009, 0.005}, 9); /* warm-up */
    said(NULL, NULL);
    evaluate_margins((double[]){0.003, 0.009, 0.015}, 10); /* it grows */
    said(NULL, NULL);
    evaluate_margins((double[]){2.003, 2.002, 2.003}, 10); /* it has grown */
    said(NULL, NULL);
    evaluate_margins((double[]){0.003, NAN, 0.003}, 10);
    said(NULL, NULL);
}

TEST(kl_near_the_limit)
{
    struct evaluation evaluation = calm(20);

    begin();
    evaluation.kl = 0.08;
    evaluate(&evaluation);
    said(NULL, NULL);
    evaluation.kl = 0.09;
    evaluate(&evaluation);
    said("kl-near", "step 20: KL 0.09 is near the limit of 0.1: raise --beta or lower "
                    "--learning-rate");
    begin();
    evaluation.kl = 0.11; /* that is said elsewhere */
    evaluate(&evaluation);
    said(NULL, NULL);
    watch_init(&watch, 100, 10, 0, 0.6931);
    evaluate(&evaluation);
    said(NULL, NULL);
}

/* After a rollback the running mean and the last evaluations are those of other steps. */
TEST(rewinding)
{
    struct evaluation evaluation = calm(50);

    begin();
    for (uint64_t step = 1; step < 10; step++) update(step, 0.1, 20);
    evaluation.loss = 0.1;
    evaluate(&evaluation);
    evaluation.loss = 0.2;
    evaluate(&evaluation);
    watch_rewind(&watch);
    update(5, 0.6, 20); /* no spike, and the norm was told of */
    said(NULL, NULL);
    evaluation.loss = 0.3;
    evaluate(&evaluation);
    said(NULL, NULL);
}

/* A run with all kinds of trouble, whole or cut before each call. */
static void trouble(uint64_t seed, bool cut, struct warnings *all)
{
    all->count = 0;
    watch_init(&watch, 300, 10, 0.1, seed % 2 ? NAN : 0.6931);
    for (uint64_t step = 1; step <= 100; step++) {
        const double wave = sin((double)(step * seed));
        struct evaluation evaluation = calm(step);

        if (cut) {
            json_t *saved = state_reread(watch_save(&watch));
            struct err err;

            watch_init(&watch, 300, 10, 0.1, seed % 2 ? NAN : 0.6931);
            CHECK(watch_load(&watch, saved, &err));
            json_decref(saved);
        }
        watch_update(&watch, step, 0.5 + wave, exp(8 * wave), all);
        if (step % 5) continue;
        evaluation.loss = wave;
        evaluation.kl = 0.1 * fabs(wave);
        evaluation.margin = 11 * wave;
        watch_evaluation(&watch, &evaluation, all);
    }
}

TEST(goes_on_after_loading)
{
    static struct warnings whole, cut;

    for (uint64_t seed = 1; seed < 8; seed++) {
        trouble(seed, false, &whole);
        trouble(seed, true, &cut);
        CHECK(whole.count > 2 && whole.count < WARNING_LIMIT);
        CHECK_INT(cut.count, whole.count);
        for (size_t i = 0; i < whole.count && i < cut.count; i++)
            CHECK_TEXT(cut.items[i].words, whole.items[i].words);
    }
}

TEST(bad_states_are_refused)
{
    struct err err;
    json_t *saved;

    begin();
    saved = state_with(watch_save(&watch), "margins", "[1]");
    CHECK(!watch_load(&watch, saved, &err));
    CHECK_TEXT(err.text, "'margins' is not a list of 3");
    json_decref(saved);
}

TEST(a_full_list)
{
    for (size_t i = 0; i <= WARNING_LIMIT; i++) warning_add(&warnings, "many", "%zu", i);
    CHECK_INT(warnings.count, WARNING_LIMIT);
}

int main(void)
{
    RUN(gradients);
    RUN(silence_ends_while_it_lasts);
    RUN(spikes);
    RUN(no_convergence);
    RUN(overfitting);
    RUN(no_overfitting);
    RUN(chosen_falls);
    RUN(too_good);
    RUN(flat_margin);
    RUN(kl_near_the_limit);
    RUN(rewinding);
    RUN(goes_on_after_loading);
    RUN(bad_states_are_refused);
    RUN(a_full_list);
    return check_end();
}
