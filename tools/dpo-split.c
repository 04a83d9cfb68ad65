/* dpo-split: pairs into train, val and test, no prompt on two sides. */
#include "core/report.h"
#include "options/options.h"
#include "split/split_files.h"

#include <string.h>

static struct split split = {.seed = 42, .failed = die_of};
static struct split_files files;
static const char *ratios = "70,15,15";

static const struct option_spec options[] = {
    {'d', "directory", OPTION_TEXT, &files.folder, "DIR",
     "write the parts and manifest.json there; needed"},
    {0, "ratios", OPTION_TEXT, &ratios, "A,B,C", "the shares of train, val and test"},
    {0, "seed", OPTION_SIZE, &split.seed, "N", "another seed, another split"},
    {0, "method", OPTION_CHOICE, &split.method, "hash|sklearn",
     "by a hash that never moves a prompt, or as train_test_split does"},
    {0, "group", OPTION_TEXT, &split.group, "prompt|none|FIELD",
     "what stays together (prompt; with sklearn none)"},
    {0, "stratify", OPTION_TEXT, &split.stratify, "FIELD",
     "keep the shares of FIELD's values on each side (sklearn)"},
    {0, "nested", OPTION_TEXT, &files.nested, "FILE",
     "write train and val as one {\"train\", \"validation\"} file too"},
    OPTION_END};

static const struct program program = {
    "dpo-split", "split preference pairs into train, val and test files",
    "[FILE...]", options,
    NULL,        NULL};

static void check_options(void)
{
    struct err err;

    if (!files.folder) die_usage("-d DIR is missing: where should the parts go?");
    if (settings.output) die_usage("the parts go to -d DIR; there is no --output");
    if (!split_ratios(&split, ratios, &err)) die_usage("%s", err.text);
    if (split.seed > UINT32_MAX) die_usage("--seed takes a number below 4294967296");
    if (split.stratify && split.method != SPLIT_SKLEARN)
        die_usage("--stratify needs --method sklearn: a hash keeps the shares only roughly");
    if (!split.group) split.group = split.method == SPLIT_SKLEARN ? "none" : "prompt";
}

int main(int argc, char **argv)
{
    char **paths = program_start(&program, argc, argv);
    struct err err;

    check_options();
    split.need_seal = settings.seal;
    if (!split_files_open(&files, &split, &err)) die_of(&err);
    if (!split_files_check(&files, &split, &err)) die_usage("%s", err.text);
    if (!split_run(&split, paths, settings.threads, &err)) die_of(&err);
    if (!split_files_commit(&files, &split, &err)) die_of(&err);
    for (int i = 0; i < SPLIT_PARTS; i++)
        if (split.ratios[i] > 0 && !split.parts[i].records)
            report_warning("%s is empty: too few records for its share", split_names[i]);
    if (split.torn)
        report_warning("%llu prompts stand on two sides: the test set leaks (--group prompt keeps "
                       "them together)",
                       (unsigned long long)split.torn);
    report_count("read", split.read);
    for (int i = 0; i < SPLIT_PARTS; i++) report_count(split_names[i], split.parts[i].records);
    report_line();
    split_release(&split);
    return EXIT_DONE;
}
