#include "eval_outcome.h"

#include "core/report.h"
#include "eval/groups.h"
#include "run/history_query.h"

#include <math.h>
#include <string.h>

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

static bool find_previous(const struct eval_outcome *outcome, const char *name, double *value)
{
    const struct history_wanted wanted = {
        .kind = HISTORY_EVAL, .figure = name, .data_hash = outcome->data};
    struct history_found found;
    struct err err;
    int got;

    if (!outcome->history) die_usage("--gate: 'previous' is what --history FILE remembers");
    got = history_previous(outcome->history, &wanted, &found, &err);
    if (got < 0) die_of(&err);
    if (got > 0 && outcome->there) *value = found.value;
    return true;
}

static double compared(const struct comparison_row *row, enum gate_source source)
{
    return source == GATE_P            ? row->p
           : source == GATE_DIFFERENCE ? row->paired.difference
           : source == GATE_LOW        ? row->paired.low
                                       : row->paired.baseline;
}

static bool find_now(const struct eval_outcome *outcome, const char *name, double *value)
{
    const struct figure *figure = figures_find(&outcome->metrics, name);

    if (!outcome->measured(name)) return false;
    *value = figure ? figure->number : NAN;
    return true;
}

/* Of a metric that is no mean over records, such as perplexity, a file knows one number. */
static double total(const struct eval_outcome *outcome, const char *name)
{
    const struct figure *figure = figures_find(&outcome->totals, name);

    return figure ? figure->number : NAN;
}

static bool in_baseline(const struct eval_outcome *outcome, enum gate_source source,
                        const char *name)
{
    if (outcome->referred) return outcome->referred(name);
    return marks_values(&outcome->baseline, name) ||
           (source == GATE_BASELINE && isfinite(total(outcome, name)));
}

static bool find_compared(const struct eval_outcome *outcome, enum gate_source source,
                          const char *name, double *value)
{
    const struct comparison *comparison = &outcome->comparison;
    const struct comparison_row *row = NULL;

    if (!outcome->compares) die_usage("--gate: there is no --baseline, and no --compare");
    if (*name && (!outcome->measured(name) || !in_baseline(outcome, source, name))) return false;
    if (outcome->there)
        row = *name                   ? comparison_named(comparison, name)
              : comparison->count > 0 ? &comparison->rows[0]
                                      : NULL;
    if (row)
        *value = compared(row, source);
    else if (source == GATE_BASELINE && !marks_values(&outcome->baseline, name))
        *value = total(outcome, name);
    return true;
}

static bool find(void *context, enum gate_source source, struct text name, double *value)
{
    const struct eval_outcome *outcome = context;
    char *word = mem_format("%.*s", (int)name.len, name.at);
    bool found;

    *value = NAN;
    if (source == GATE_NOW)
        found = find_now(outcome, word, value);
    else if (source == GATE_PREVIOUS)
        found = find_previous(outcome, word, value);
    else
        found = find_compared(outcome, source, word, value);
    mem_free(word);
    return found;
}

struct gate_numbers eval_outcome_numbers(struct eval_outcome *outcome)
{
    return (struct gate_numbers){.find = find, .context = outcome};
}

void eval_outcome_release(struct eval_outcome *outcome)
{
    if (outcome->compares) comparison_release(&outcome->comparison);
    marks_release(&outcome->marks);
    marks_release(&outcome->baseline);
    figures_release(&outcome->metrics);
    figures_release(&outcome->totals);
}
