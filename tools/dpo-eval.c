/* dpo-eval: how well a model, or an adapter on it, tells good answers from bad ones. */
#include "base/base.h"
#include "core/report.h"
#include "engine.h"
#include "eval/gate.h"
#include "eval/results.h"
#include "eval_talk.h"
#include "machine/available.h"
#include "model/weights_check.h"
#include "options/options.h"

#include <string.h>

static struct language language;
static struct model model;
static struct base base;
static struct adapter adapter;
static struct decoder decoder;
static struct examples examples = {.language = &language,
                                   .config = &model.config,
                                   .rules = {.max_length = 1024, .max_prompt_length = 512},
                                   .keep_dropped = true,
                                   .keep_texts = true,
                                   .failed = die_of};
static struct scorer scorer = {.decoder = &decoder, .batch_tokens = 2048};
static struct metrics metrics = {.beta = 0.1};
static struct option_list gate_texts;
static struct gate *gates;
static const char *name, *run, *template = "auto", *groups = "preference";
static size_t truncate, precision, bits;
static double took; /* seconds, of scoring */

static const struct option_spec options[] = {
    {'m', "model", OPTION_TEXT, &name, "MODEL",
     "a folder, a GGUF file, a name in the hub's cache, ollama:NAME"},
    {0, "adapter", OPTION_TEXT, &run, "RUN", "the folder of a LoRA adapter to be tested"},
    {0, "metrics", OPTION_TEXT, &groups, "preference", "what is measured"},
    {0, "gate", OPTION_LIST, &gate_texts, "'METRIC OP VALUE'",
     "exit 3 unless the metric is so; may be given again"},
    {0, "beta", OPTION_NUMBER, &metrics.beta, "X", "scale of the rewards"},
    {0, "template", OPTION_TEXT, &template, "auto|none|NAME|FILE",
     "of conversations: the model's own, or another one"},
    {0, "prompt-format", OPTION_TEXT, &examples.rules.prompt_format, "TEXT",
     "put prompts that are strings into TEXT, for its {prompt}"},
    {0, "max-length", OPTION_SIZE, &examples.rules.max_length, "N",
     "cut prompt and answer to N ids together; 0: never"},
    {0, "max-prompt-length", OPTION_SIZE, &examples.rules.max_prompt_length, "N",
     "keep the last N ids of a prompt; 0: all"},
    {0, "truncate", OPTION_CHOICE, &truncate, "keep_start|keep_end",
     "which end of a text that is too long stays"},
    {0, "beyond-context", OPTION_FLAG, &examples.beyond_context, NULL,
     "go on where a text is longer than the model was made for"},
    {0, "precision", OPTION_CHOICE, &precision, PRECISION_CHOICES,
     "of products; auto: bf16 where that is faster"},
    {0, "base-bits", OPTION_CHOICE, &bits, "16|8|4",
     "of the linear layers: as stored, int8 rows or NF4"},
    {0, "memory", OPTION_BYTES, &scorer.memory, "SIZE",
     "use no more beside the weights; by default what is free"},
    {0, "batch-tokens", OPTION_SIZE, &scorer.batch_tokens, "N",
     "so many tokens at once; the output is the same"},
    OPTION_END};

static const struct program program = {
    "dpo-eval",   "measure how well a model tells better answers from worse",
    "[FILE...]",  options,
    engine_about, NULL};

static void check_options(void)
{
    struct err err;

    if (!name) die_usage("-m MODEL is missing: which one is to be tested?");
    if (strcmp(groups, "preference") != 0)
        die_usage("--metrics takes preference, not '%.80s'", groups);
    if (!(metrics.beta > 0)) die_usage("--beta must be above 0");
    if (scorer.batch_tokens == 0) die_usage("--batch-tokens must be above 0");
    if (!tree_format_check(examples.rules.prompt_format, &err)) die_usage("%s", err.text);
    metrics.adapted = run != NULL;
    examples.rules.truncate = truncate ? TRUNCATE_KEEP_END : TRUNCATE_KEEP_START;
    examples.need_seal = settings.seal;
    gates = mem_zero(gate_texts.count, sizeof *gates);
    for (size_t i = 0; i < gate_texts.count; i++)
        if (!gate_parse(&gates[i], gate_texts.items[i], metrics.adapted, &err))
            die_usage("%s", err.text);
}

static void open_model(void)
{
    struct err err;

    if (!language_load(&language, name, template, &err)) die_of(&err);
    if (!model_open(&model, name, &err)) die_of(&err);
    if (run && !adapter_load(&adapter, &model.config, run, &err)) die_of(&err);
}

static void score(void)
{
    struct team *team = team_start(settings.threads);
    struct err err;

    if (!weights_finite(&model, team, &err)) die_of(&err);
    if (!base_open(&base, &model, 16U >> bits, NULL, team, &err)) die_of(&err);
    if (scorer.memory == 0) scorer.memory = available_memory("");
    decoder_open(&decoder, &base, engine_precision(precision), team);
    if (run) decoder_adapt(&decoder, &adapter);
    took = eval_seconds();
    if (!scorer_run(&scorer, &examples, &err)) die_of(&err);
    took = eval_seconds() - took;
    metrics_find(&metrics, &examples, scorer.scores);
    decoder_close(&decoder);
    base_close(&base);
    team_stop(team);
}

static int check_gates(void)
{
    int status = EXIT_DONE;
    struct err err;

    for (size_t i = 0; i < gate_texts.count; i++) {
        if (gate_check(&gates[i], &metrics, &err)) continue;
        report_error("%s", err.text);
        status = EXIT_GATE;
    }
    return status;
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    struct outfile out;
    struct err err;

    check_options();
    open_model();
    if (!examples_read(&examples, files, settings.threads, &err)) die_of(&err);
    if (!outfile_open(&out, settings.output, &err)) die_of(&err);
    score();
    if (!results_write(&examples, scorer.scores, &metrics, &out, &err)) die_of(&err);
    if (!outfile_commit(&out, &err)) die_of(&err);
    eval_talk(&examples, &metrics, scorer.rows, took);
    scorer_release(&scorer);
    examples_close(&examples);
    return check_gates();
}
