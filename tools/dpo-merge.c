/* dpo-merge: many sources of preference pairs, one canonical stream without repeats. */
#include "core/report.h"
#include "options/options.h"
#include "records/seal.h"
#include "sources/merge.h"

static struct merge merge = {.source.part = PART_ALL, .failed = die_of};
static size_t part = PART_ALL;
static const char *rejects_path;
static struct option_list maps;

static const struct option_spec options[] = {
    {0, "query", OPTION_TEXT, &merge.source.query, "SQL",
     "read databases by this SELECT; columns name the fields"},
    {0, "immutable", OPTION_FLAG, &merge.source.immutable, NULL,
     "read databases without locks: nobody may be writing"},
    {0, "map", OPTION_LIST, &maps, "FIELD=NAME", "find FIELD under NAME; may be given again"},
    {0, "source", OPTION_TEXT, &merge.source_name, "NAME",
     "the source of records that name none, instead of their file"},
    {0, "part", OPTION_CHOICE, &part, "train|validation|all", "which part of split files"},
    {0, "duplicates", OPTION_CHOICE, &merge.duplicates, "first|last|strongest|keep|error",
     "which of several equal records to keep"},
    {0, "by", OPTION_CHOICE, &merge.by, "pair|prompt", "what makes records equal"},
    {0, "skip-bad", OPTION_SIZE, &merge.skip_bad, "N", "pass over up to N bad records"},
    {0, "rejects", OPTION_TEXT, &rejects_path, "FILE",
     "keep bad records there, each with the reason"},
    OPTION_END};

static const struct program program = {
    "dpo-merge", "merge preference data of many kinds into one stream of pairs",
    "[FILE...]", options,
    NULL,        NULL};

static void report(void)
{
    uint64_t notes = merge.bad < MERGE_NOTES ? merge.bad : MERGE_NOTES;

    if (merge.source.query && !merge.source.databases)
        report_warning("--query was not used: no input is a database");
    for (size_t i = 0; merge.read && i < maps.count; i++)
        if (!(merge.mapped >> i & 1))
            report_warning("--map %s was not used: no record has this name", maps.items[i]);
    if (merge.source.bom) report_note("dropped a byte order mark");
    for (uint64_t i = 0; i < notes; i++) report_warning("skipped %s", merge.bad_notes[i].text);
    for (uint64_t i = 0; i < merge.scant && i < MERGE_NOTES; i++)
        report_warning("%s", merge.scant_notes[i].text);
    for (uint64_t i = 0; i < merge.conflicts && i < MERGE_NOTES; i++)
        report_warning("conflict: %s", merge.conflict_notes[i].text);
    if (merge.unasked)
        report_warning("%s: the prompt ends with neither a user's nor a tool's message (%llu "
                       "records in all); dpo-filter --user-last drops them",
                       merge.unasked_note.text, (unsigned long long)merge.unasked);
    if (merge.judged && merge.by == BY_PAIR)
        report_note("%llu duplicates name who judged them; where dpo-filter --min-agreement is to "
                    "judge the people: --duplicates keep",
                    (unsigned long long)merge.judged);
    report_count("read", merge.read);
    report_count("written", merge.written);
    report_count("duplicates", merge.repeated);
    report_count("conflicts", merge.conflicts);
    report_count("rewritten", merge.rewritten);
    report_count("bad", merge.bad);
    report_line();
}

__attribute__((noreturn)) static void fail(const struct err *err)
{
    if (merge.source.debates.query_refused) die_usage("%s", err->text);
    die_of(err);
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    static char *standard_input[] = {"-", NULL};
    struct outfile out, rejects, *outs[] = {&out, &rejects};
    struct err err;

    for (size_t i = 0; i < maps.count; i++)
        if (!dialect_map(&merge.dialect, maps.items[i], &err)) die_usage("%s", err.text);
    merge.source.part = (enum part)part;
    merge.source.paths = files[0] ? files : standard_input;
    if (!outfile_open(&out, settings.output, &err)) die_of(&err);
    if (rejects_path && !outfile_open(&rejects, rejects_path, &err)) die_of(&err);
    if (rejects_path && outfile_same(&out, &rejects))
        die_usage("--rejects and --output name the same file");
    merge.out = &out;
    merge.rejects = rejects_path ? &rejects : NULL;
    if (!merge_run(&merge, settings.threads, &err)) fail(&err);
    if (settings.seal && !seal_write(&out, merge.written, &err)) die_of(&err);
    if (!outfile_commit_all(outs, rejects_path ? 2 : 1, &err)) die_of(&err);
    report();
    merge_release(&merge);
    return EXIT_DONE;
}
