#include "dpo-eval/eval_again.h"

#include "core/report.h"
#include "dpo-eval/eval_compare_talk.h"
#include "dpo-eval/eval_gates.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"
#include "dpo-eval/eval_outcome.h"
#include "dpo-eval/eval_review.h"
#include "records/value.h"

#include <math.h>
#include <string.h>

static struct eval_outcome outcome;
static struct results now, baseline;

static const char *const said[] = {"win_rate", "win_rate_low", "win_score", "win_p"};

/* Or will it be there, by a review or by a comparison? */
static bool measured(const char *name)
{
    for (size_t i = 0; eval_command.reviewed && i < sizeof said / sizeof *said; i++)
        if (strcmp(said[i], name) == 0) return true;
    if (eval_measures(EVAL_RETENTION) && strcmp(name, "retention") == 0) return true;
    return figures_find(&outcome.metrics, name) != NULL;
}

static void open_results(struct results *results, const char *path)
{
    struct err err;

    if (!results_open(results, path, &err)) die_of(&err);
}

static const struct results *baseline_or_null(void)
{
    return eval_command.baseline ? &baseline : NULL;
}

static void take_metrics(void)
{
    marks_take(&outcome.marks, &now);
    eval_outcome_metrics(&outcome.metrics, &now);
    if (eval_measures(EVAL_RETENTION)) figures_number(&outcome.metrics, "retention", NAN);
    if (eval_command.baseline) eval_outcome_against(&outcome, &baseline, eval_command.baseline);
}

/* The hash of the records that were tested with, or NULL: results of older versions do not say. */
static const char *tested_with(void)
{
    static struct buffer hash;
    struct scan scan = {0};
    const struct member *member = NULL;

    if (now.made_by.kind == KIND_OBJECT && scan_json(&scan, now.made_by.at, now.made_by.len))
        member = scan_member(&scan, "data_hash");
    if (member && member->value.kind == KIND_STRING) value_unescape(&member->value, &hash);
    scan_release(&scan);
    if (hash.len > 0) buffer_byte(&hash, '\0');
    return hash.at;
}

static bool is_table(const char *path)
{
    const size_t len = path ? strlen(path) : 0;

    return len >= 4 && strcmp(path + len - 4, ".csv") == 0;
}

static void write_sheet(const char *path)
{
    eval_review_write(&now, baseline_or_null(), eval_command.review, eval_command.seed,
                      is_table(path), path);
}

static void count_review(void)
{
    const uint64_t seed = eval_command.seed;
    const struct outcome_rate rate =
        eval_reviewed(eval_command.reviewed, &now, baseline_or_null(),
                      option_given("seed") ? &seed : NULL, settings.output);
    const double rates[] = {rate.rate, rate.low, rate.score, rate.p};

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        figures_number(&outcome.metrics, said[i], rates[i]);
}

static void tell(void)
{
    for (size_t i = 0; i < outcome.metrics.count; i++)
        if (isfinite(outcome.metrics.items[i].number))
            report_figure(outcome.metrics.items[i].name, outcome.metrics.items[i].number, 5);
    report_line();
}

static void check_fit(void)
{
    if (eval_command.history && !eval_gates_ask(GATE_PREVIOUS))
        die_usage("--history beside --from is for gates on 'previous': no test is added to it");
    if (eval_measures(EVAL_RETENTION) && !marks_values(&outcome.marks, "answer_accuracy"))
        die("%s: has no answer_accuracy: nothing of it can be left", now.path);
    if (eval_command.review > now.count)
        die_usage("--review asks for %zu prompts, and %s has %zu", eval_command.review, now.path,
                  now.count);
}

int eval_again(char **files)
{
    struct gate_numbers numbers;
    int status;

    if (files[0]) die_usage("--from takes results that are there: no test set beside them");
    open_results(&now, eval_command.from);
    if (eval_command.baseline) open_results(&baseline, eval_command.baseline);
    outcome.measured = measured;
    outcome.history = eval_command.history;
    outcome.data = tested_with();
    take_metrics();
    numbers = eval_outcome_numbers(&outcome);
    eval_gates_read(&eval_command.gates, &numbers);
    check_fit();
    eval_outcome_compare(&outcome, eval_command.seed, eval_measures(EVAL_RETENTION));
    if (eval_command.reviewed)
        count_review();
    else if (eval_command.review)
        write_sheet(settings.output);
    if (outcome.compares) eval_compare_talk(&outcome.comparison);
    tell();
    status = eval_gates_check(&numbers);
    eval_outcome_release(&outcome);
    results_close(&now);
    if (eval_command.baseline) results_close(&baseline);
    return status;
}

void eval_again_sheet(const char *path)
{
    open_results(&now, path);
    if (eval_command.baseline) open_results(&baseline, eval_command.baseline);
    write_sheet(eval_command.sheet);
    results_close(&now);
    if (eval_command.baseline) results_close(&baseline);
}
