#include "eval/metrics.h"

#include "check.h"

/* Three pairs, of which the second was dropped. */
static struct example items[] = {
    {.rows = 9, .scored = {2, 3}}, {.rows = 0}, {.rows = 8, .scored = {2, 4}}};
static const struct examples examples = {.items = items, .count = 3, .dropped = 1, .scored = 11};
static const struct score scores[] = {
    {.policy = {-2, -3}, .reference = {-1, -4}, .kl = {0.25, 1}},
    {.policy = {0}},
    {.policy = {-6, -6}, .reference = {-8, -7}, .kl = {0.5, 0.5}}};

static void check_mean(const struct marks *marks, const char *name, double want, double tolerance)
{
    double mean = NAN;

    if (!CHECK(marks_mean(marks, name, &mean) > 0)) printf("# %s\n", name);
    check_near(mean, want, tolerance, name, __FILE__, __LINE__);
}

TEST(metrics_are_means_over_the_pairs_that_were_scored)
{
    struct marks marks;

    marks_init(&marks, 3);
    metrics_mark(&marks, &examples, scores, 0.5, true);
    check_mean(&marks, "preference_accuracy", 0.5, 0);      /* equal is not preferred */
    check_mean(&marks, "preference_accuracy_tokens", 0, 0); /* -1 = -1, and -3 < -1.5 */
    check_mean(&marks, "rewards/chosen", (-0.5 + 1) / 2, 0);
    check_mean(&marks, "rewards/rejected", (0.5 + 0.5) / 2, 0);
    check_mean(&marks, "reward_accuracy", 0.5, 0);
    check_mean(&marks, "margin", (-1 + 0.5) / 2, 0);
    check_mean(&marks, "loss", (log(1 + exp(1)) + log(1 + exp(-0.5))) / 2, 1e-15);
    check_mean(&marks, "kl_sequence", (0.625 + 0.5) / 2, 0);
    check_mean(&marks, "logps/chosen", -4, 0);
    check_mean(&marks, "logps/rejected", -4.5, 0);
    marks_release(&marks);
}

TEST(the_model_without_its_adapter_is_marked_likewise)
{
    struct marks marks;

    marks_init(&marks, 3);
    metrics_mark_reference(&marks, &examples, scores);
    check_mean(&marks, "preference_accuracy", 0.5, 0);
    check_mean(&marks, "logps/chosen", -4.5, 0);
    CHECK(marks_values(&marks, "margin") == NULL);
    marks_release(&marks);
}

TEST(totals_are_by_token_and_means_in_their_order)
{
    struct figures metrics = {0};
    struct marks marks;

    marks_init(&marks, 3);
    metrics_mark(&marks, &examples, scores, 0.5, true);
    metrics_means(&marks, &metrics);
    metrics_totals(&examples, scores, true, &metrics);
    CHECK_TEXT(metrics.items[0].name, "preference_accuracy");
    CHECK_TEXT(metrics.items[2].name, "reward_accuracy");
    CHECK_NEAR(figures_find(&metrics, "perplexity")->number, exp(2), 1e-14);
    CHECK_NEAR(figures_find(&metrics, "kl")->number, 2.25 / 11, 1e-15);
    CHECK_INT(figures_find(&metrics, "records")->whole, 3);
    CHECK_INT(figures_find(&metrics, "dropped")->whole, 1);
    CHECK_INT(figures_find(&metrics, "tokens")->whole, 11);
    marks_release(&marks);
    figures_release(&metrics);
}

TEST(the_loss_of_far_apart_rewards_is_finite)
{
    struct example item = {.rows = 2, .scored = {1, 1}};
    const struct examples one = {.items = &item, .count = 1};
    const struct score far[] = {{.policy = {-5000, -1}, .reference = {-1, -5000}},
                                {.policy = {-1, -5000}, .reference = {-5000, -1}}};

    for (int i = 0; i < 2; i++) {
        struct marks marks;

        marks_init(&marks, 1);
        metrics_mark(&marks, &one, &far[i], 1, true);
        check_mean(&marks, "loss", i ? 0 : 9998, 0);
        marks_release(&marks);
    }
}

int main(void)
{
    RUN(metrics_are_means_over_the_pairs_that_were_scored);
    RUN(the_model_without_its_adapter_is_marked_likewise);
    RUN(totals_are_by_token_and_means_in_their_order);
    RUN(the_loss_of_far_apart_rewards_is_finite);
    return check_end();
}
