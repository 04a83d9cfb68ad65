#include "eval_before.h"

#include "core/report.h"
#include "eval_measures.h"
#include "eval_options.h"

static bool shares_metric(const struct eval_outcome *outcome)
{
    const struct marks *baseline = &outcome->baseline;

    for (size_t i = 0; i < baseline->column_count; i++)
        if (eval_measures_pairs(baseline->columns[i].name, false) &&
            comparison_reach(&outcome->marks, baseline, baseline->columns[i].name) > 0)
            return true;
    return false;
}

void eval_before_check(const struct eval_test *test, const struct eval_outcome *outcome)
{
    const struct marks *now = &outcome->marks, *baseline = &outcome->baseline;
    const char *name = outcome->baseline_name;
    struct err err;

    if (eval_command.review > test->questions.count)
        die_usage("--review asks for %zu prompts, and the test has %zu", eval_command.review,
                  test->questions.count);
    if (!eval_command.baseline) return;
    if (comparison_reach(now, baseline, NULL) == 0) {
        comparison_refuse(now, baseline, name, &err);
        die_of(&err);
    }
    if (eval_measures(EVAL_RETENTION) && comparison_reach(now, baseline, "answer_accuracy") == 0)
        die("%s: has no answer_accuracy: there is nothing to be retained", name);
    if (!shares_metric(outcome)) die("%s: no metric was measured both there and here", name);
    if (eval_command.review && !outcome->answered)
        die("%s: holds no answers: there is nothing to choose from", name);
}
