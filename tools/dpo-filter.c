/* dpo-filter: drops pairs that break a rule. */
#include "core/report.h"
#include "filter/filter.h"
#include "options/options.h"
#include "records/seal.h"
#include "tree/tree.h"

#include "dpo-filter/filter_talk.h"

#include <string.h>

static struct filter filter = {
    .rules = RULES_INIT, .min_agreement = RULES_UNSET, .seed = 42, .failed = die_of};
static struct option_list scripts, wheres, unseen;
static const char *rejects_path, *model, *template = "auto";
static struct language language;

static const struct option_spec options[] = {
    {0, "min-consensus", OPTION_NUMBER, &filter.rules.min_consensus, "X",
     "keep debate pairs whose consensus is above X"},
    {0, "keep-unrated", OPTION_FLAG, &filter.rules.keep_unrated, NULL,
     "keep debate pairs without a consensus too"},
    {0, "min-gap", OPTION_NUMBER, &filter.rules.min_gap, "X",
     "keep scored pairs whose scores differ by X or more"},
    {0, "min-chars", OPTION_SIZE, &filter.rules.min_chars, "N",
     "drop pairs with an answer of fewer characters"},
    {0, "max-chars", OPTION_SIZE, &filter.rules.max_chars, "N",
     "drop pairs with an answer of more characters"},
    {0, "max-tokens", OPTION_SIZE, &filter.rules.max_tokens, "N",
     "drop pairs of more tokens, prompt and longer answer (-m)"},
    {0, "max-prompt-tokens", OPTION_SIZE, &filter.rules.max_prompt_tokens, "N",
     "drop pairs with a prompt of more tokens (-m)"},
    {'m', "model", OPTION_TEXT, &model, "MODEL", "whose tokens are counted"},
    {0, "template", OPTION_TEXT, &template, "auto|none|NAME|FILE",
     "its chat template, or another one"},
    {0, "prompt-format", OPTION_LINES, &filter.rules.prompt_format, "TEXT",
     "what prompts that are strings are put into, for {prompt}"},
    {0, "length-ratio", OPTION_NUMBER, &filter.rules.length_ratio, "X",
     "drop pairs with an answer X times as long as the other"},
    {0, "no-conflicts", OPTION_FLAG, &filter.no_conflicts, NULL,
     "drop pairs that also stand there the other way round"},
    {0, "user-last", OPTION_FLAG, &filter.rules.user_last, NULL,
     "drop prompts that end with neither a user's nor a tool's message"},
    {0, "no-special", OPTION_FLAG, &filter.rules.no_special, NULL,
     "drop text that holds control tokens, such as <|im_start|>"},
    {0, "no-placeholders", OPTION_FLAG, &filter.rules.no_placeholders, NULL,
     "drop leftovers such as [Step 1], and twice-encoded text"},
    {0, "script", OPTION_LIST, &scripts, "NAME=SHARE",
     "keep text with that share of its letters, as in arabic=0.5"},
    {0, "json-actions", OPTION_FLAG, &filter.rules.json_actions, NULL,
     "keep pairs whose chosen is a Thought and a JSON Action"},
    {0, "where", OPTION_LIST, &wheres, "'FIELD OP VALUE'",
     "keep pairs for which this holds; = != < <= > >= ~ !~"},
    {0, "min-agreement", OPTION_NUMBER, &filter.min_agreement, "X",
     "drop the pairs of annotators whose mean kappa is below X"},
    {0, "unseen", OPTION_LIST, &unseen, "FILE", "drop pairs whose prompt stands in FILE"},
    {0, "sample", OPTION_SIZE, &filter.sample, "N", "keep N of the pairs, drawn by the seed"},
    {0, "seed", OPTION_SIZE, &filter.seed, "N", "of the sample"},
    {0, "sort", OPTION_CHOICE, &filter.sort, "none|gap|consensus|length",
     "easy first: wide gaps, strong consensus, short texts"},
    {0, "invert", OPTION_FLAG, &filter.invert, NULL, "write what would be dropped"},
    {0, "rejects", OPTION_TEXT, &rejects_path, "FILE", "keep what is dropped there, with the rule"},
    {0, "summary", OPTION_FLAG, &filter.summarize, NULL,
     "say what the pairs are made of: sources, topics, lengths"},
    OPTION_END};

static const struct program program = {
    "dpo-filter", "drop preference pairs that break a rule", "[FILE...]", options, NULL, NULL};

static void load_unseen(void)
{
    struct err err;

    for (size_t i = 0; i < unseen.count; i++)
        if (strcmp(unseen.items[i], "-") == 0)
            die_usage("--unseen takes a file, not '-': standard input holds the pairs");
    for (size_t i = 0; i < unseen.count; i++)
        if (!unseen_load(&filter.rules.unseen, unseen.items[i], &err)) die_of(&err);
}

static void read_rules(void)
{
    struct err err;

    if (!tree_format_check(filter.rules.prompt_format, &err)) die_usage("%s", err.text);
    for (size_t i = 0; i < scripts.count; i++)
        if (!scripts_add(&filter.rules.scripts, scripts.items[i], &err)) die_usage("%s", err.text);
    for (size_t i = 0; i < wheres.count; i++)
        if (!wheres_add(&filter.rules.wheres, wheres.items[i], &err)) die_usage("%s", err.text);
    load_unseen();
    if (option_given("min-consensus") &&
        !(filter.rules.min_consensus >= 0 && filter.rules.min_consensus < 1))
        die_usage("--min-consensus takes a number from 0 to below 1: strengths are shares");
    if (option_given("length-ratio") && filter.rules.length_ratio < 1)
        die_usage("--length-ratio takes a number from 1 up");
    if (option_given("sample") && !filter.sample) die_usage("--sample takes a number from 1 up");
    if (!filter.rules.max_tokens && !filter.rules.max_prompt_tokens) {
        if (model) die_usage("-m counts for --max-tokens and --max-prompt-tokens only");
    } else {
        if (!model) die_usage("--max-tokens and --max-prompt-tokens count the tokens of -m MODEL");
        if (!language_load(&language, model, template, &err)) die_of(&err);
        filter.rules.language = &language;
    }
    if (filter.seed > UINT32_MAX) die_usage("--seed takes a number below 4294967296");
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    struct outfile out, rejects, *outs[] = {&out, &rejects};
    struct err err;

    read_rules();
    if (!outfile_open(&out, settings.output, &err)) die_of(&err);
    if (rejects_path && !outfile_open(&rejects, rejects_path, &err)) die_of(&err);
    if (rejects_path && outfile_same(&out, &rejects))
        die_usage("--rejects and --output name the same file");
    filter.out = &out;
    filter.rejects = rejects_path ? &rejects : NULL;
    if (!filter_run(&filter, files, settings.threads, settings.seal, &err)) die_of(&err);
    if (settings.seal && !seal_write(&out, filter.kept, &err)) die_of(&err);
    if (!outfile_commit_all(outs, rejects_path ? 2 : 1, &err)) die_of(&err);
    filter_talk(&filter);
    filter_release(&filter);
    language_release(&language);
    return EXIT_DONE;
}
