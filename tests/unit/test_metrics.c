#include "eval/gate.h"

#include "check.h"

/* Three pairs, of which the second was dropped. */
static struct example items[] = {
    {.rows = 9, .scored = {2, 3}}, {.rows = 0}, {.rows = 8, .scored = {2, 4}}};
static const struct examples examples = {.items = items, .count = 3, .dropped = 1, .scored = 11};
static const struct score scores[] = {
    {.policy = {-2, -3}, .reference = {-1, -4}}, {{0}, {0}}, {{-6, -6}, {-8, -7}}};

static struct metrics found(bool adapted)
{
    struct metrics metrics = {.adapted = adapted, .beta = 0.5};

    metrics_find(&metrics, &examples, scores);
    return metrics;
}

TEST(metrics_are_means_over_the_pairs_that_were_scored)
{
    const struct metrics metrics = found(true);
    const double *values = metrics.values;

    CHECK_NEAR(values[METRIC_PREFERENCE_ACCURACY], 0.5, 0); /* equal is not preferred */
    CHECK_NEAR(values[METRIC_REWARD_CHOSEN], (-0.5 + 1) / 2, 0);
    CHECK_NEAR(values[METRIC_REWARD_REJECTED], (0.5 + 0.5) / 2, 0);
    CHECK_NEAR(values[METRIC_REWARD_ACCURACY], 0.5, 0);
    CHECK_NEAR(values[METRIC_MARGIN], (-1 + 0.5) / 2, 0);
    CHECK_NEAR(values[METRIC_LOSS], (log(1 + exp(1)) + log(1 + exp(-0.5))) / 2, 1e-15);
    CHECK_NEAR(values[METRIC_LOGP_CHOSEN], -4, 0);
    CHECK_NEAR(values[METRIC_LOGP_REJECTED], -4.5, 0);
    CHECK_NEAR(values[METRIC_PERPLEXITY], exp(2), 1e-14);
    CHECK_NEAR(values[METRIC_RECORDS], 3, 0);
    CHECK_NEAR(values[METRIC_DROPPED], 1, 0);
    CHECK_NEAR(values[METRIC_TOKENS], 11, 0);
}

TEST(the_loss_of_far_apart_rewards_is_finite)
{
    struct example item = {.rows = 2, .scored = {1, 1}};
    const struct examples one = {.items = &item, .count = 1};
    const struct score far[] = {{{-5000, -1}, {-1, -5000}}, {{-1, -5000}, {-5000, -1}}};
    struct metrics metrics = {.adapted = true, .beta = 1};

    metrics_find(&metrics, &one, &far[0]);
    CHECK_NEAR(metrics.values[METRIC_LOSS], 9998, 0);
    metrics_find(&metrics, &one, &far[1]);
    CHECK_NEAR(metrics.values[METRIC_LOSS], 0, 0);
}

/* "" when the gate is met, else what is said of it. */
static const char *try_gate(const char *text, bool adapted)
{
    static struct err err;
    const struct metrics metrics = found(adapted);
    struct gate gate;

    err.text[0] = '\0';
    if (gate_parse(&gate, text, adapted, &err)) gate_check(&gate, &metrics, &err);
    return err.text;
}

TEST(gates_are_met_or_not)
{
    static const char *const met[] = {"margin<0",      "margin <= -0.25", " tokens  >10 ",
                                      "tokens>= 11",   "tokens = 11",     "tokens==11",
                                      "tokens != 1e1", "logps/chosen<-3"};

    for (size_t i = 0; i < sizeof met / sizeof *met; i++) CHECK_TEXT(try_gate(met[i], true), "");
    CHECK_TEXT(try_gate("margin > -0.25", true), "gate not met: margin is -0.25, not > -0.25");
    CHECK_TEXT(try_gate("preference_accuracy>=0.7", false),
               "gate not met: preference_accuracy is 0.5, not >= 0.7");
    CHECK_TEXT(try_gate("records<3", true), "gate not met: records is 3, not < 3");
    CHECK_TEXT(try_gate("records!=3", true), "gate not met: records is 3, not != 3");
}

TEST(gates_that_are_none)
{
    static const char takes[] = "--gate takes 'METRIC OP VALUE' with < <= > >= = or !=, not ";
    char want[256];

    snprintf(want, sizeof want, "%s'margin'", takes);
    CHECK_TEXT(try_gate("margin", true), want);
    snprintf(want, sizeof want, "%s'> 1'", takes);
    CHECK_TEXT(try_gate("> 1", true), want);
    snprintf(want, sizeof want, "%s'margin 1'", takes);
    CHECK_TEXT(try_gate("margin 1", true), want);
    CHECK_TEXT(try_gate("margin > ", true), "--gate: '' is not a number");
    CHECK_TEXT(try_gate("margin > 1 2", true), "--gate: '1 2' is not a number");
    CHECK_TEXT(try_gate("margin > nan", true), "--gate: 'nan' is not a number");
    CHECK_TEXT(try_gate("kl < 1", true), "--gate: 'kl' is not measured");
    CHECK_TEXT(try_gate("margins < 1", true), "--gate: 'margins' is not measured");
    CHECK_TEXT(try_gate("margin < 1", false), "--gate: 'margin' is measured with --adapter only");
}

int main(void)
{
    RUN(metrics_are_means_over_the_pairs_that_were_scored);
    RUN(the_loss_of_far_apart_rewards_is_finite);
    RUN(gates_are_met_or_not);
    RUN(gates_that_are_none);
    return check_end();
}
