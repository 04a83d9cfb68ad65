#include "dpo-eval/eval_options.h"

#include "core/report.h"
#include "dpo-eval/eval_measures.h"
#include "eval/worst.h"
#include "review/sample.h"

#include <string.h>

enum judge_kind eval_judge(const char **command)
{
    enum judge_kind kind;

    *command = NULL;
    if (judge_kind_parse(text_of(eval_command.judge), &kind)) return kind;
    *command = eval_command.judge;
    return JUDGE_AUTO;
}

static void check_sampling(void)
{
    struct sampling *sampling = &eval_command.sampling;

    if (sampling->temperature < 0) die_usage("--temperature must not be below 0");
    if (!(sampling->top_p > 0 && sampling->top_p <= 1)) die_usage("--top-p is above 0, up to 1");
    if (!(sampling->min_p >= 0 && sampling->min_p <= 1)) die_usage("--min-p is from 0 to 1");
    if (!(sampling->repetition_penalty > 0)) die_usage("--repetition-penalty must be above 0");
    if (eval_command.most == 0) die_usage("--max-new-tokens must be above 0");
    if (eval_command.beside == 0) die_usage("--beside must be above 0");
    if (option_given("temperature") && sampling->temperature <= 0 &&
        eval_measures(EVAL_CONSISTENCY))
        die_usage("%s draws: with --temperature 0 all answers to a question are the same",
                  eval_command.repeat > 1 ? "--repeat" : "--metrics consistency");
    if (option_given("repeat") && eval_command.repeat < 2)
        die_usage("--repeat takes 2 or more: one answer agrees with itself");
    sampling->top_k = eval_command.top_k;
    sampling->seed = eval_command.seed;
}

/* A voice is known by its markers or by a command, and a command has something to judge. */
static void check_judges(void)
{
    const bool answers = eval_measures(EVAL_ANSWER) || eval_measures(EVAL_RETENTION) ||
                         eval_measures(EVAL_QUIZ) || eval_measures(EVAL_AGREEMENT);
    const bool unmarked = eval_measures(EVAL_VOICE) && !eval_command.markers;
    const char *command;

    eval_judge(&command);
    if (unmarked && !command)
        die_usage("--metrics voice needs --markers FILE: by which phrases is it known?");
    if (unmarked && eval_command.negative) die_usage("--negative is given beside --markers");
    if (unmarked && answers)
        die_usage("--judge: a command judges answers or the voice: give --markers FILE for that");
    if (!eval_measures(EVAL_VOICE) && (eval_command.markers || eval_command.negative))
        die_usage("--markers and --negative are for --metrics voice");
    if (command && !unmarked && !answers)
        die_usage("--judge: '%s' is no judge of ours, and a command has nothing to judge here: see "
                  "--metrics answer, quiz, agreement, retention and voice",
                  command);
}

static void check_review(void)
{
    if (eval_command.review && !eval_command.from &&
        (!eval_command.sheet || !settings.output || strcmp(settings.output, "-") == 0))
        die_usage("--review needs --review-sheet FILE for the sheet and -o for the results");
    if (eval_command.review && !eval_command.from && !eval_command.compare &&
        !eval_command.baseline)
        die_usage("--review needs --compare or --baseline: which two answers are to be held "
                  "against each other?");
    if (eval_command.review && !eval_command.from && !eval_generates())
        die_usage("--review shows answers, and --metrics %s asks for none", eval_command.groups);
    if (option_given("review") && (eval_command.review < 1 || eval_command.review > SAMPLE_MOST))
        die_usage("--review takes 1 to %zu prompts", SAMPLE_MOST);
    if (eval_command.sheet && !eval_command.review)
        die_usage("--review-sheet is where the sheet of --review goes");
    if (eval_command.reviewed && !eval_command.from)
        die_usage("--reviewed needs --from RESULTS: which answers were on the sheet?");
}

static void check_comparison(void)
{
    if (eval_command.compare && !eval_command.adapter)
        die_usage("--compare asks the model without its adapter: it needs --adapter");
    if (eval_command.compare && eval_command.baseline)
        die_usage("--compare and --baseline are two things to compare with: give one");
    if (eval_measures(EVAL_RETENTION) && !eval_command.compare && !eval_command.baseline)
        die_usage("--metrics retention needs --baseline or --compare: kept of what?");
}

/* Beside results that are there most options would do nothing. */
static void check_from(void)
{
    static const char *const acting[] = {"from",    "baseline", "metrics",  "gate",
                                         "history", "review",   "reviewed", "seed"};

    for (const struct option_spec *option = eval_options; option->name; option++) {
        size_t i = 0;

        while (i < sizeof acting / sizeof *acting && strcmp(acting[i], option->name) != 0) i++;
        if (i == sizeof acting / sizeof *acting && option_given(option->name))
            die_usage("--%s does nothing beside --from: no model is asked", option->name);
    }
    if (option_given("metrics") && strcmp(eval_command.groups, "retention") != 0)
        die_usage("--metrics beside --from can be retention only: the others are in the results");
    if (eval_command.review && eval_command.reviewed)
        die_usage("--review makes a sheet and --reviewed counts one: give one");
    if (settings.output && !eval_command.review && !eval_command.reviewed)
        die_usage("-o beside --from is for --review and --reviewed: nothing else is written");
}

void eval_options_check(void)
{
    struct err err;

    if (!eval_command.model && !eval_command.from)
        die_usage("-m MODEL is missing: which one is to be tested?");
    if (eval_command.from) check_from();
    eval_measures_take();
    if (!(eval_command.beta > 0)) die_usage("--beta must be above 0");
    if (!(eval_command.judge_seconds > 0)) die_usage("--judge-timeout must be above 0");
    if (eval_command.worst > WORST_MOST) die_usage("--worst takes %d records at most", WORST_MOST);
    if (eval_command.batch_tokens == 0) die_usage("--batch-tokens must be above 0");
    if (!tree_format_check(eval_command.rules.prompt_format, &err)) die_usage("%s", err.text);
    check_sampling();
    check_judges();
    check_comparison();
    check_review();
    eval_command.rules.truncate = eval_command.truncate ? TRUNCATE_KEEP_END : TRUNCATE_KEEP_START;
}
