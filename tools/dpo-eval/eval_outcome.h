/* What came of a test, whether it ran now or is read back: marks and metrics, and how they compare
 * with a baseline. */
#ifndef TOOLS_EVAL_OUTCOME_H
#define TOOLS_EVAL_OUTCOME_H

#include "eval/comparison.h"
#include "eval/gate.h"
#include "run/figures.h"

struct eval_outcome {
    struct marks marks, baseline;
    struct figures metrics;
    struct figures totals; /* the baseline's metrics, as far as it is a file */
    bool answered;         /* that file holds answers */
    bool compares;         /* there will be a comparison ... */
    bool there;            /* ... and all numbers are known by now */
    const char *baseline_name;
    struct comparison comparison;
    const char *history;                /* asked for what was 'previous'; or NULL */
    const char *data;                   /* the hash of the records; NULL: any */
    bool (*measured)(const char *name); /* is there, or will there be, such a metric? */
    bool (*referred)(const char *name); /* ... of the model without its adapter? */
};

/* Reads the baseline's results, or takes those that were read. */
void eval_outcome_baseline(struct eval_outcome *outcome, const char *path);
void eval_outcome_against(struct eval_outcome *outcome, const struct results *baseline,
                          const char *path);

/* Keeps the metrics of a file of results. */
void eval_outcome_metrics(struct figures *metrics, const struct results *results);

/* Compares, once the marks are there, and adds the metric of retention where that is wanted. */
void eval_outcome_compare(struct eval_outcome *outcome, size_t seed, bool retention);

/* The members of the results' last line behind the metrics. */
void eval_outcome_tell(const struct eval_outcome *outcome, struct buffer *out);

struct gate_numbers eval_outcome_numbers(struct eval_outcome *outcome);
void eval_outcome_release(struct eval_outcome *outcome);

#endif
