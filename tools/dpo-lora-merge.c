/* dpo-lora-merge: a base and its adapters become one model. */
#include "core/memory.h"
#include "core/number.h"
#include "core/report.h"
#include "fold/fold.h"
#include "options/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fold_wish wish;
static struct fold fold;
static size_t format, rounding, shard_bytes;
static bool exact;

static const struct option_spec options[] = {
    {'m', "model", OPTION_TEXT, &wish.model, "MODEL",
     "the base: a folder, a GGUF file, a name in the hub's cache, ollama:NAME"},
    {'o', "output", OPTION_TEXT, &settings.output, "DIR|FILE",
     "write a model's folder, or one file that ends in .safetensors"},
    {0, "dtype", OPTION_CHOICE, &format, "same|bf16|f16|f32",
     "of the weights; same: as in the base, quantised ones in bf16"},
    {0, "rounding", OPTION_CHOICE, &rounding, "once|each|safe",
     "at the end; after each adapter; each adapter's part, too (safe_merge)"},
    {0, "exact", OPTION_FLAG, &exact, NULL, "another name of --rounding once, the default"},
    {0, "max-shard-size", OPTION_BYTES, &shard_bytes, "SIZE",
     "of a file in the folder; by default the base's files are kept"},
    OPTION_END};

static const struct program program = {"dpo-lora-merge",
                                       "fold LoRA adapters into their base model",
                                       "[ADAPTER[=PART]...]",
                                       options,
                                       NULL,
                                       NULL};

/* 'run=0.5', unless a folder has that very name. */
static struct fold_adapter adapter_of(const char *operand)
{
    const char *equals = strrchr(operand, '=');
    struct fold_adapter adapter = {operand, 1};
    struct stat found;

    if (!equals || stat(operand, &found) == 0) return adapter;
    if (!parse_number(equals + 1, &adapter.weight) || adapter.weight == 0)
        die_usage("'%.200s': the part behind '=' is not a number other than 0", operand);
    adapter.path = mem_format("%.*s", (int)(equals - operand), operand);
    return adapter;
}

static void check_options(void)
{
    const bool resharded = option_given("max-shard-size");

    if (!wish.model) die_usage("-m MODEL is missing: what was the adapter trained on?");
    if (exact && rounding != ROUND_ONCE) die_usage("--exact and --rounding do not say the same");
    if (resharded && !shard_bytes) die_usage("--max-shard-size is 0");
    if (resharded && !sink_is_folder(settings.output))
        die_usage("--max-shard-size goes with a folder: give one by -o DIR");
    if (!wish.count && !resharded && !option_given("dtype"))
        die_usage("no adapter is named: there is nothing to fold, and no --dtype or "
                  "--max-shard-size to change to");
    if ((!settings.output || strcmp(settings.output, "-") == 0) && isatty(STDOUT_FILENO))
        die_usage("weights do not go to a terminal: give a folder by -o DIR, or a pipe");
}

static void take_operands(char **operands)
{
    static const enum dtype formats[] = {DTYPE_BF16, DTYPE_BF16, DTYPE_F16, DTYPE_F32};
    struct fold_adapter *adapters;

    while (operands[wish.count]) wish.count++;
    check_options();
    adapters = mem_zero(wish.count, sizeof *adapters);
    for (size_t i = 0; i < wish.count; i++) adapters[i] = adapter_of(operands[i]);
    wish.adapters = adapters;
    wish.output = settings.output;
    wish.same = format == 0;
    wish.dtype = formats[format];
    wish.rounding = (enum rounding)rounding;
    wish.shard_bytes = shard_bytes;
}

static void show_progress(uint64_t done, uint64_t all)
{
    char text[80];

    snprintf(text, sizeof text, "%.1f of %.1f GB", (double)done / 1e9, (double)all / 1e9);
    report_progress(text);
}

static void warn(void)
{
    const char *other;

    if (!fold_is_of_base(&fold, &other))
        report_warning("%s was trained on other weights than those of %s", other, wish.model);
    if (!fold.files.tokenizer)
        report_warning("%s has no tokenizer.json: put the original model's beside the weights",
                       wish.model);
    if (fold.model.config.tied && !fold.plan.tied)
        report_note("the output is no longer tied to the embedding: config.json says so");
}

static void summarise(void)
{
    const struct fold_tally *tally = &fold.tally;

    report_count("tensors", fold.plan.count);
    report_count("folded", fold.changed);
    report_count("weights", tally->weights);
    report_number("lost-percent",
                  tally->weights ? 100 * (double)tally->lost / (double)tally->weights : 0, 2);
    report_figure("worst-error", (double)tally->worst, 3);
    report_line();
}

int main(int argc, char **argv)
{
    char **operands = program_start(&program, argc, argv);
    struct team *team;
    struct err err;

    take_operands(operands);
    if (!fold_open(&fold, &wish, &err)) die_of(&err);
    team = team_start(settings.threads);
    if (!fold_run(&fold, team, report_shows_progress() ? show_progress : NULL, &err)) die_of(&err);
    team_stop(team);
    report_progress(NULL);
    warn();
    summarise();
    fold_close(&fold);
    return EXIT_DONE;
}
