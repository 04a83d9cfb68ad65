#include "core/report.h"
#include "dpo-eval/eval_outcome.h"
#include "run/history_query.h"

#include <math.h>

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
