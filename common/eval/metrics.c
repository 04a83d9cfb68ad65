#include "eval/metrics.h"

#include <math.h>

static const struct {
    const char *name;
    bool adapted; /* only with an adapter */
} table[METRICS] = {
    [METRIC_PREFERENCE_ACCURACY] = {"preference_accuracy", false},
    [METRIC_REWARD_ACCURACY] = {"reward_accuracy", true},
    [METRIC_MARGIN] = {"margin", true},
    [METRIC_REWARD_CHOSEN] = {"rewards/chosen", true},
    [METRIC_REWARD_REJECTED] = {"rewards/rejected", true},
    [METRIC_LOSS] = {"loss", true},
    [METRIC_LOGP_CHOSEN] = {"logps/chosen", false},
    [METRIC_LOGP_REJECTED] = {"logps/rejected", false},
    [METRIC_PERPLEXITY] = {"perplexity", false},
    [METRIC_RECORDS] = {"records", false},
    [METRIC_DROPPED] = {"dropped", false},
    [METRIC_TOKENS] = {"tokens", false},
};

const char *metric_name(enum metric metric)
{
    return table[metric].name;
}

bool metric_named(struct text name, enum metric *metric)
{
    for (*metric = 0; *metric < METRICS; ++*metric)
        if (text_is(name, table[*metric].name)) return true;
    return false;
}

bool metric_measured(enum metric metric, bool adapted)
{
    return adapted || !table[metric].adapted;
}

bool score_is_correct(const struct score *score)
{
    return score->policy[0] > score->policy[1];
}

/* -log sigmoid(x), without overflow */
static double log_loss(double x)
{
    return x > 0 ? log1p(exp(-x)) : log1p(exp(x)) - x;
}

static void add(struct metrics *metrics, const struct score *score)
{
    double *values = metrics->values, rewards[2];

    for (int side = 0; side < 2; side++)
        rewards[side] = metrics->beta * (score->policy[side] - score->reference[side]);
    values[METRIC_PREFERENCE_ACCURACY] += score_is_correct(score);
    values[METRIC_REWARD_ACCURACY] += rewards[0] > rewards[1];
    values[METRIC_MARGIN] += rewards[0] - rewards[1];
    values[METRIC_REWARD_CHOSEN] += rewards[0];
    values[METRIC_REWARD_REJECTED] += rewards[1];
    values[METRIC_LOSS] += log_loss(rewards[0] - rewards[1]);
    values[METRIC_LOGP_CHOSEN] += score->policy[0];
    values[METRIC_LOGP_REJECTED] += score->policy[1];
}

void metrics_find(struct metrics *metrics, const struct examples *examples,
                  const struct score *scores)
{
    const double pairs = (double)(examples->count - examples->dropped);
    double *values = metrics->values, chosen = 0;

    for (enum metric metric = 0; metric < METRICS; metric++) values[metric] = 0;
    for (size_t i = 0; i < examples->count; i++) {
        if (examples->items[i].rows == 0) continue;
        add(metrics, &scores[i]);
        chosen += (double)examples->items[i].scored[0];
    }
    values[METRIC_PERPLEXITY] = exp(-values[METRIC_LOGP_CHOSEN] / chosen);
    for (enum metric metric = 0; metric <= METRIC_LOGP_REJECTED; metric++) values[metric] /= pairs;
    values[METRIC_RECORDS] = (double)examples->count;
    values[METRIC_DROPPED] = (double)examples->dropped;
    values[METRIC_TOKENS] = (double)examples->scored;
}
