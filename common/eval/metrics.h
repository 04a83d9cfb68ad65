/* What a test set says of a model, in numbers. dpo-eval(1) defines them; rewards are
 * beta (log p(answer) - log p_reference(answer)), as in TRL. */
#ifndef EVAL_METRICS_H
#define EVAL_METRICS_H

#include "eval/score.h"

enum metric {
    METRIC_PREFERENCE_ACCURACY,
    METRIC_REWARD_ACCURACY, /* from here on only with an adapter */
    METRIC_MARGIN,
    METRIC_REWARD_CHOSEN,
    METRIC_REWARD_REJECTED,
    METRIC_LOSS,
    METRIC_LOGP_CHOSEN, /* and from here on without one, too */
    METRIC_LOGP_REJECTED,
    METRIC_PERPLEXITY,
    METRIC_RECORDS, /* counts */
    METRIC_DROPPED,
    METRIC_TOKENS,
    METRICS
};

struct metrics {
    bool adapted;
    double beta;
    double values[METRICS];
};

const char *metric_name(enum metric metric);
bool metric_named(struct text name, enum metric *metric); /* false when none is */
bool metric_measured(enum metric metric, bool adapted);

/* Of all pairs that were scored, of which there is one at least. adapted and beta are given. */
void metrics_find(struct metrics *metrics, const struct examples *examples,
                  const struct score *scores);

/* Was this answer preferred by the model itself? */
bool score_is_correct(const struct score *score);

#endif
