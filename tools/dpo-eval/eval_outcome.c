#include "dpo-eval/eval_outcome.h"

#include "core/report.h"
#include "eval/groups.h"

void eval_outcome_metrics(struct figures *metrics, const struct results *results)
{
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct results_metric *metric = &results->metrics[i];
        char *name = mem_format("%.*s", (int)metric->name.len, metric->name.at);

        figures_number(metrics, name, metric->value);
        mem_free(name);
    }
}

void eval_outcome_against(struct eval_outcome *outcome, const struct results *baseline,
                          const char *path)
{
    marks_take(&outcome->baseline, baseline);
    eval_outcome_metrics(&outcome->totals, baseline);
    for (size_t i = 0; i < baseline->count; i++)
        if (baseline->items[i].members[RESULTS_GENERATED].kind == KIND_STRING)
            outcome->answered = true;
    outcome->baseline_name = path;
    outcome->compares = true;
}

void eval_outcome_baseline(struct eval_outcome *outcome, const char *path)
{
    struct results results;
    struct err err;

    if (!results_open(&results, path, &err)) die_of(&err);
    eval_outcome_against(outcome, &results, path);
    results_close(&results);
}

/* The share of the baseline's accuracy that is left. */
static void find_retention(struct eval_outcome *outcome)
{
    const struct comparison_row *row = comparison_named(&outcome->comparison, "answer_accuracy");

    if (!row)
        die("%s: has no answer_accuracy: there is nothing to be retained", outcome->baseline_name);
    if (row->paired.baseline > 0)
        figures_number(&outcome->metrics, "retention", row->paired.now / row->paired.baseline);
    else
        report_warning("%s: not one answer is right, so nothing could be lost",
                       outcome->baseline_name);
}

void eval_outcome_compare(struct eval_outcome *outcome, size_t seed, bool retention)
{
    struct err err;

    outcome->there = true;
    if (!outcome->compares) return;
    if (!comparison_make(&outcome->comparison, &outcome->marks, &outcome->baseline,
                         outcome->baseline_name, (uint32_t)seed, &err))
        die_of(&err);
    if (retention) find_retention(outcome);
}

void eval_outcome_tell(const struct eval_outcome *outcome, struct buffer *out)
{
    struct groups groups;

    groups_make(&groups, &outcome->marks);
    if (groups.count > 0) {
        buffer_text(out, ",\"by\":");
        groups_json(&groups, &outcome->marks, out);
    }
    groups_release(&groups);
    if (!outcome->compares) return;
    buffer_text(out, ",\"comparison\":");
    comparison_json(&outcome->comparison, out);
}

void eval_outcome_release(struct eval_outcome *outcome)
{
    if (outcome->compares) comparison_release(&outcome->comparison);
    marks_release(&outcome->marks);
    marks_release(&outcome->baseline);
    figures_release(&outcome->metrics);
    figures_release(&outcome->totals);
}
