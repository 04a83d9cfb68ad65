#include "eval/metrics.h"

#include <math.h>

/* -log sigmoid(x), without overflow */
static double log_loss(double x)
{
    return x > 0 ? log1p(exp(-x)) : log1p(exp(x)) - x;
}

/* By the mean over an answer's tokens, so that long answers lose nothing. */
static bool prefers_by_token(const double logps[2], const struct example *item)
{
    return logps[0] / (double)item->scored[0] > logps[1] / (double)item->scored[1];
}

static void mark_rewards(struct marks *marks, size_t record, const struct score *score, double beta)
{
    double rewards[2];

    for (int side = 0; side < 2; side++)
        rewards[side] = beta * (score->policy[side] - score->reference[side]);
    marks_add(marks, record, "reward_accuracy", rewards[0] > rewards[1]);
    marks_add(marks, record, "margin", rewards[0] - rewards[1]);
    marks_add(marks, record, "rewards/chosen", rewards[0]);
    marks_add(marks, record, "rewards/rejected", rewards[1]);
    marks_add(marks, record, "loss", log_loss(rewards[0] - rewards[1]));
    marks_add(marks, record, "kl_sequence", (score->kl[0] + score->kl[1]) / 2);
}

static void mark_preference(struct marks *marks, size_t record, const struct example *item,
                            const double logps[2])
{
    marks_add(marks, record, "preference_accuracy", logps[0] > logps[1]);
    marks_add(marks, record, "preference_accuracy_tokens", prefers_by_token(logps, item));
}

static void mark_logps(struct marks *marks, size_t record, const double logps[2])
{
    marks_add(marks, record, "logps/chosen", logps[0]);
    marks_add(marks, record, "logps/rejected", logps[1]);
}

void metrics_mark(struct marks *marks, const struct examples *examples, const struct score *scores,
                  double beta, bool adapted)
{
    for (size_t i = 0; i < examples->count; i++) {
        if (examples->items[i].rows == 0) continue;
        mark_preference(marks, i, &examples->items[i], scores[i].policy);
        if (adapted) mark_rewards(marks, i, &scores[i], beta);
        mark_logps(marks, i, scores[i].policy);
    }
}

void metrics_mark_reference(struct marks *marks, const struct examples *examples,
                            const struct score *scores)
{
    for (size_t i = 0; i < examples->count; i++) {
        if (examples->items[i].rows == 0) continue;
        mark_preference(marks, i, &examples->items[i], scores[i].reference);
        mark_logps(marks, i, scores[i].reference);
    }
}

void metrics_means(const struct marks *marks, struct figures *metrics)
{
    for (size_t i = 0; i < marks->column_count; i++) {
        double mean;

        if (marks_mean(marks, marks->columns[i].name, &mean))
            figures_number(metrics, marks->columns[i].name, mean);
    }
}

void metrics_totals(const struct examples *examples, const struct score *scores, bool adapted,
                    struct figures *metrics)
{
    double chosen = 0, chosen_tokens = 0, kl = 0, tokens = 0;

    for (size_t i = 0; i < examples->count; i++) {
        const struct example *item = &examples->items[i];

        if (item->rows == 0) continue;
        chosen += scores[i].policy[0];
        chosen_tokens += (double)item->scored[0];
        kl += scores[i].kl[0] + scores[i].kl[1];
        tokens += (double)(item->scored[0] + item->scored[1]);
    }
    figures_number(metrics, "perplexity", exp(-chosen / chosen_tokens));
    if (adapted) figures_number(metrics, "kl", kl / tokens);
    figures_whole(metrics, "records", examples->count);
    figures_whole(metrics, "dropped", examples->dropped);
    figures_whole(metrics, "tokens", examples->scored);
}
