#include "core/report.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"
#include "dpo-eval/eval_origin.h"
#include "dpo-eval/eval_test.h"
#include "eval/output.h"
#include "hash/sha256.h"
#include "model/config_rope.h"

#include <string.h>

static void read_records(struct eval_test *test, char **files)
{
    struct err err;
    bool good;

    test->questions =
        (struct questions){.language = &test->language,
                           .rules = &eval_command.rules,
                           .begun = text_of(eval_command.begun ? eval_command.begun : ""),
                           .paraphrases = eval_measures(EVAL_CONSISTENCY),
                           .need_seal = settings.seal,
                           .failed = die_of};
    if (!eval_measures(EVAL_PREFERENCE)) {
        if (!questions_read(&test->questions, files, settings.threads, &err)) die_of(&err);
        return;
    }
    test->examples = (struct examples){.language = &test->language,
                                       .config = &test->model.config,
                                       .rules = eval_command.rules,
                                       .beyond_context = eval_command.beyond_context,
                                       .need_seal = settings.seal,
                                       .keep_dropped = true,
                                       .keep_lines = true,
                                       .failed = die_of};
    good = examples_read(&test->examples, files, settings.threads, &err) &&
           questions_of(&test->questions, &test->examples, &err);
    if (!good) die_of(&err);
}

static void check_context(const struct eval_test *test)
{
    const struct config *config = &test->model.config;
    const size_t most = test->questions.longest + eval_command.most;
    const bool any = config_longest(config, true) == SIZE_MAX;

    if (!eval_generates() || most <= config_longest(config, eval_command.beyond_context)) return;
    die("prompts of up to %zu tokens and answers of %zu make %zu, and the model was made for %u%s: "
        "see --max-new-tokens%s--max-prompt-length%s",
        test->questions.longest, eval_command.most, most, config->positions,
        config_longest_why(config), any ? ", " : " and ", any ? " and --beyond-context" : "");
}

static void take_tools(struct judging *judging)
{
    for (const char *at = eval_command.tools ? eval_command.tools : ""; *at;) {
        const size_t len = strcspn(at, ",");

        if (judging->tool_count == sizeof judging->tools / sizeof *judging->tools)
            die_usage("--tools takes %zu names at most", judging->tool_count);
        judging->tools[judging->tool_count++] = (struct text){at, len};
        at += len + (at[len] == ',');
    }
}

static void open_judges(struct eval_test *test)
{
    struct judging *judging = &test->judging;
    struct err err;

    *judging =
        (struct judging){.questions = &test->questions,
                         .answers = &test->answers,
                         .answer = eval_measures(EVAL_ANSWER) || eval_measures(EVAL_RETENTION),
                         .quiz = eval_measures(EVAL_QUIZ),
                         .format = eval_measures(EVAL_FORMAT),
                         .agreement = eval_measures(EVAL_AGREEMENT),
                         .seconds = eval_command.judge_seconds,
                         .voice = eval_command.markers ? &test->voice : NULL,
                         .voiced = eval_measures(EVAL_VOICE) && !eval_command.markers};
    judging->kind = eval_judge(&judging->command);
    take_tools(judging);
    if (judging->voice &&
        !voice_open(&test->voice, eval_command.markers, eval_command.negative, &err))
        die_of(&err);
}

/* Of what the adapter adds to the model, wherever it lies. */
static void adapter_identity(const struct adapter *adapter, char out[65])
{
    const struct parameters *parameters = &adapter->parameters;
    struct sha256 sha;

    sha256_init(&sha);
    for (size_t i = 0; i < adapter->layers * WEIGHT_LINEARS; i++)
        sha256_add(&sha, &adapter->loras[i].scale, sizeof(float));
    sha256_add(&sha, parameters->values, parameters->size * sizeof *parameters->values);
    sha256_hex(&sha, out);
}

void eval_test_open(struct eval_test *test, char **files)
{
    struct err err;

    open_judges(test);
    eval_origin_read();
    if (!language_load(&test->language, eval_command.model, eval_command.template, &err) ||
        !model_open(&test->model, eval_command.model, &err) ||
        (eval_command.adapter &&
         !adapter_load(&test->adapter, &test->model.config, eval_command.adapter, &err)))
        die_of(&err);
    ends_init(&test->ends, &test->model.config, tokenizer_eos(test->language.tokenizer));
    read_records(test, files);
    check_context(test);
    model_identity(&test->model.weights, test->identity);
    eval_origin_check(test->identity);
    if (eval_command.adapter) adapter_identity(&test->adapter, test->adapted);
    if (!output_digest(&test->questions, test->digest, &err)) die_of(&err);
}
