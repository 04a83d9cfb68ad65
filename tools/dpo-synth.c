/* dpo-synth: preference pairs for agents, made from templates. */
#include "core/report.h"
#include "options/options.h"
#include "records/seal.h"
#include "synth/synth.h"

static struct synth synth = {.seed = 42, .part = SYNTH_TRAIN, .hard = 0.3};
static size_t count = 2500;
static const char *tools = "calculator,search,calendar";

static const struct option_spec options[] = {
    {0, "count", OPTION_SIZE, &count, "N", "write N pairs"},
    {0, "seed", OPTION_SIZE, &synth.seed, "N", "another seed, other pairs"},
    {0, "tools", OPTION_TEXT, &tools, "LIST", "ask for these tools"},
    {0, "hard", OPTION_NUMBER, &synth.hard, "SHARE",
     "make that share of the pairs hard: several steps, errors, near misses"},
    {0, "templates", OPTION_CHOICE, &synth.part, "train|heldout|all",
     "which requests: those to train on, or those kept to test with"},
    OPTION_END};

static const struct program program = {
    "dpo-synth", "make preference pairs for agents that use tools", "", options, NULL, NULL};

static void check_options(char **operands)
{
    struct err err;

    if (*operands) die_usage("nothing is read, so '%.80s' is one word too many", *operands);
    if (!count) die_usage("--count takes a number from 1 up");
    if (synth.seed > UINT32_MAX) die_usage("--seed takes a number below 4294967296");
    if (synth.hard < 0 || synth.hard > 1) die_usage("--hard takes a number from 0 to 1");
    if (!synth_set_tools(&synth, tools, &err)) die_usage("--tools: %s", err.text);
}

int main(int argc, char **argv)
{
    char **operands = program_start(&program, argc, argv);
    struct outfile out;
    struct err err;

    check_options(operands);
    synth_start(&synth);
    if (!outfile_open(&out, settings.output, &err)) die_of(&err);
    if (!synth_run(&synth, count, &out, &err)) die_of(&err);
    if (settings.seal && !seal_write(&out, synth.written, &err)) die_of(&err);
    if (!outfile_commit(&out, &err)) die_of(&err);
    report_count("written", synth.written);
    report_group("by_tool");
    for (size_t i = 0; i < SYNTH_TOOLS; i++)
        if (synth.by_tool[i]) report_count(synth_tool_names[i], synth.by_tool[i]);
    report_group_end();
    report_number("hard_share", (double)synth.written_hard / (double)synth.written, 3);
    report_line();
    synth_release(&synth);
    return EXIT_DONE;
}
