/* dpo-eval: how good a model, or an adapter on it, is at a test. */
#include "core/report.h"
#include "dpo-eval/eval_again.h"
#include "dpo-eval/eval_before.h"
#include "dpo-eval/eval_gates.h"
#include "dpo-eval/eval_history.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"
#include "dpo-eval/eval_talk.h"
#include "engine.h"

static struct eval_test test;
static struct eval_outcome outcome = {.measured = eval_measured};
static struct gate_numbers numbers;

static const struct program program = {.name = "dpo-eval",
                                       .purpose = "measure how good a model's answers are",
                                       .operands = "[FILE...]",
                                       .options = eval_options,
                                       .about = engine_about};

static void write_results(void)
{
    struct outfile out;
    struct err err;

    if (!outfile_open(&out, settings.output, &err) ||
        !eval_test_write(&test, &outcome, &out, &err) || !outfile_commit(&out, &err))
        die_of(&err);
}

static void begin_history(void)
{
    if (!eval_command.history) return;
    eval_history_begin(eval_command.history, &(struct eval_run){.results = settings.output,
                                                                .model = eval_command.model,
                                                                .model_hash = test.identity,
                                                                .data_hash = test.digest,
                                                                .adapter = eval_command.adapter,
                                                                .options = eval_options});
}

static int run_test(char **files)
{
    struct outfile probe;
    struct err err;
    int status;

    eval_test_open(&test, files);
    outcome.data = test.digest;
    eval_test_list(&test, &outcome);
    eval_before_check(&test, &outcome);
    if (!outfile_open(&probe, settings.output, &err)) die_of(&err);
    outfile_abandon(&probe);
    begin_history();
    eval_test_run(&test, &outcome);
    eval_outcome_compare(&outcome, eval_command.seed, eval_measures(EVAL_RETENTION));
    write_results();
    eval_talk(&test, &outcome);
    if (eval_command.review) eval_again_sheet(settings.output);
    status = eval_gates_check(&numbers);
    if (eval_command.history) eval_history_end(status, &outcome.metrics);
    eval_test_close(&test);
    return status;
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    int status;

    eval_options_check();
    eval_before_files(files);
    if (eval_command.from) return eval_again(files);
    outcome.history = eval_command.history;
    outcome.compares = eval_command.compare;
    if (eval_command.baseline) eval_outcome_baseline(&outcome, eval_command.baseline);
    if (eval_command.compare) {
        outcome.baseline_name = "the model without its adapter";
        outcome.referred = eval_measured_reference;
    }
    numbers = eval_outcome_numbers(&outcome);
    numbers.names = eval_measured_names();
    eval_gates_read(&eval_command.gates, &numbers);
    status = run_test(files);
    eval_outcome_release(&outcome);
    return status;
}
