/* The best evaluation and early stopping; the latter as transformers has it. */
#include "control/best.h"

#include "check.h"
#include "unit/dataset.h"
#include "unit/states.h"

static json_t *cases;
static struct best best;
static struct best_verdict verdict;
static struct err err;

static struct evaluation measured(uint64_t step, double margin, double kl)
{
    return (struct evaluation){.step = step,
                               .loss = 2 - margin,
                               .accuracy = margin / 4,
                               .margin = margin,
                               .kl = kl,
                               .beta = 0.1};
}

static void take(uint64_t step, double margin, double kl, bool improved, const char *words)
{
    const struct evaluation evaluation = measured(step, margin, kl);

    best_take(&best, &evaluation, &verdict);
    CHECK(verdict.improved == improved);
    CHECK_TEXT(verdict.words, words);
}

TEST(names)
{
    CHECK_TEXT(best_metric_name(BEST_MARGIN), "eval_rewards/margins");
    CHECK_TEXT(best_metric_name(BEST_ACCURACY), "eval_rewards/accuracies");
    CHECK_TEXT(best_metric_name(BEST_LOSS), "eval_loss");
}

TEST(strictly_better)
{
    best_init(&best, BEST_MARGIN, 0, 0, 0);
    take(1, 0.5, NAN, true, "step 1: margin 0.5 is the first that counts");
    take(2, 0.5, NAN, false, "step 2: margin 0.5 is no better than 0.5 of step 1");
    take(3, 0.75, NAN, true, "step 3: margin 0.75 is better than 0.5 of step 1");
    CHECK(best.step == 3 && best.metric == 0.75 && !verdict.stop);
    best_init(&best, BEST_LOSS, 0, 0, 0);
    take(1, 0.5, NAN, true, "step 1: evaluation loss 1.5 is the first that counts");
    take(2, 0.25, NAN, false, "step 2: evaluation loss 1.75 is no better than 1.5 of step 1");
    take(3, 1, NAN, true, "step 3: evaluation loss 1 is better than 1.5 of step 1");
    best_init(&best, BEST_ACCURACY, 0, 0, 0);
    take(1, 2, NAN, true, "step 1: accuracy 0.5 is the first that counts");
    take(2, 3, NAN, true, "step 2: accuracy 0.75 is better than 0.5 of step 1");
}

TEST(only_under_the_limit)
{
    best_init(&best, BEST_MARGIN, 0.1, 0, 0);
    CHECK(!best_check(&best, &err));
    CHECK_TEXT(err.text, "no evaluation has a KL");
    take(1, 0.5, 0.25, false,
         "step 1: margin 0.5 does not count: KL 0.25 is over the limit of 0.1");
    take(2, 0.5, NAN, false, "step 2: margin 0.5 does not count: KL is not a number");
    take(3, 0.5, 0.125, false,
         "step 3: margin 0.5 does not count: KL 0.125 is over the limit of 0.1");
    take(4, 0.5, 0.125, false,
         "step 4: margin 0.5 does not count: KL 0.125 is over the limit of 0.1");
    CHECK(!best_check(&best, &err));
    CHECK_TEXT(err.text,
               "no evaluation kept the KL limit of 0.1: the lowest KL was 0.125, at step 3");
    take(5, NAN, 0.1, false, "step 5: margin is not finite: it does not count");
    CHECK(!best_check(&best, &err));
    CHECK_TEXT(err.text, "no evaluation with a KL of 0.1 at most has a finite margin");
    take(6, 0.25, 0.1, true, "step 6: margin 0.25 is the first that counts");
    take(7, INFINITY, 0.1, false, "step 7: margin is not finite: it does not count");
    CHECK(best_check(&best, &err) && best.step == 6);
}

TEST(nothing_measured)
{
    best_init(&best, BEST_LOSS, 0, 0, 0);
    CHECK(!best_check(&best, &err));
    CHECK_TEXT(err.text, "no evaluation has a finite evaluation loss");
}

/* 0.3 at beta 0.1 are as good as 0.45 at 0.15. */
TEST(margins_by_beta)
{
    struct evaluation now = measured(2, 0.44, NAN);

    best_init(&best, BEST_MARGIN, 0, 1, 0);
    take(1, 0.3, NAN, true, "step 1: margin 0.3 is the first that counts");
    now.beta = 0.15;
    best_take(&best, &now, &verdict);
    CHECK(!verdict.improved && verdict.stop);
    CHECK_TEXT(verdict.words, "step 2: margin 0.44 is no better than 0.45 of step 1; 1 of 1 "
                              "evaluations without improvement: the run stops early");
    now.margin = 0.46;
    best_take(&best, &now, &verdict);
    CHECK(verdict.improved && best.metric == 0.46 && best.beta == 0.15);
}

TEST(what_does_not_count_is_waited_for)
{
    best_init(&best, BEST_MARGIN, 0.1, 2, 0);
    take(1, 0.5, 0.25, false,
         "step 1: margin 0.5 does not count: KL 0.25 is over the limit of 0.1; 1 of 2 evaluations "
         "without improvement");
    CHECK(!verdict.stop);
    take(2, 0.5, 0.25, false,
         "step 2: margin 0.5 does not count: KL 0.25 is over the limit of 0.1; 2 of 2 evaluations "
         "without improvement: the run stops early");
    CHECK(verdict.stop);
}

/* Better, but not by enough to wait longer. */
TEST(threshold)
{
    best_init(&best, BEST_MARGIN, 0, 1, 0.5);
    take(1, 0.25, NAN, true, "step 1: margin 0.25 is the first that counts");
    take(2, 0.5, NAN, true,
         "step 2: margin 0.5 is better than 0.25 of step 1; 1 of 1 evaluations without "
         "improvement: the run stops early");
    CHECK(verdict.stop && best.step == 2);
}

static void save_and_load(void)
{
    json_t *saved = state_reread(best_save(&best));

    best_init(&best, best.by, best.kl_limit, best.patience, best.threshold);
    CHECK(best_load(&best, saved, &err));
    json_decref(saved);
}

static void check_case(const json_t *row, bool cut)
{
    const json_t *values = json_object_get(row, "values"), *stops = json_object_get(row, "stops"),
                 *counters = json_object_get(row, "counters"),
                 *bests = json_object_get(row, "bests");
    const bool margin = strcmp(dataset_text(row, "by"), "margin") == 0;

    best_init(&best, margin ? BEST_MARGIN : BEST_LOSS, 0,
              (uint64_t)json_integer_value(json_object_get(row, "patience")),
              json_number_value(json_object_get(row, "threshold")));
    for (size_t i = 0; i < json_array_size(values); i++) {
        const double value = json_number_value(json_array_get(values, i));
        const struct evaluation evaluation = {
            .step = i + 1, .loss = value, .margin = value, .beta = 0.1};

        if (cut) save_and_load();
        best_take(&best, &evaluation, &verdict);
        CHECK_INT(best.waited, json_integer_value(json_array_get(counters, i)));
        CHECK(verdict.stop == json_is_true(json_array_get(stops, i)));
        CHECK_INT(best.step, json_integer_value(json_array_get(bests, i)));
    }
}

TEST(golden_cases)
{
    size_t i;
    json_t *row;

    CHECK_INT(json_array_size(cases), 60);
    json_array_foreach(cases, i, row)
    {
        check_case(row, false);
        check_case(row, true);
    }
}

TEST(bad_states_are_refused)
{
    json_t *saved;

    best_init(&best, BEST_MARGIN, 0, 0, 0);
    take(1, 0.5, NAN, true, "step 1: margin 0.5 is the first that counts");
    saved = state_with(best_save(&best), "metric", "\"nan\"");
    CHECK(!best_load(&best, saved, &err));
    CHECK_TEXT(err.text, "the best margin is not finite");
    json_decref(saved);
    saved = state_with(best_save(&best), "beta", "0");
    CHECK(!best_load(&best, saved, &err));
    CHECK_TEXT(err.text, "the best margin is not finite");
    json_decref(saved);
    saved = state_with(best_save(&best), "waited", "-3");
    CHECK(!best_load(&best, saved, &err));
    CHECK_TEXT(err.text, "'waited' is not a whole number");
    json_decref(saved);
    CHECK(best.metric == 0.5);
}

int main(void)
{
    cases = dataset_lines("tests/golden/stopping/cases.jsonl");
    if (!cases) {
        puts("Bail out! tests/golden/stopping/cases.jsonl");
        return 1;
    }
    RUN(names);
    RUN(strictly_better);
    RUN(only_under_the_limit);
    RUN(nothing_measured);
    RUN(margins_by_beta);
    RUN(what_does_not_count_is_waited_for);
    RUN(threshold);
    RUN(golden_cases);
    RUN(bad_states_are_refused);
    json_decref(cases);
    return check_end();
}
