#include "dpo-eval/eval_before.h"

#include "core/report.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"

#include <string.h>
#include <sys/stat.h>

static bool is_file(const char *path, struct stat *stat_of)
{
    return path && strcmp(path, "-") != 0 && stat(path, stat_of) == 0 && S_ISREG(stat_of->st_mode);
}

static void check_input(const char *written, const char *option, const char *read)
{
    struct stat a, b;

    if (is_file(written, &a) && is_file(read, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
        die_usage("%s and %s are one file: what is read there would be lost", option, read);
}

static void check_outputs(void)
{
    struct outfile results, sheet;
    struct err err;
    bool same;

    if (!outfile_open(&results, settings.output, &err)) die_of(&err);
    if (!outfile_open(&sheet, eval_command.sheet, &err)) die_of(&err);
    same = outfile_same(&results, &sheet);
    outfile_abandon(&results);
    outfile_abandon(&sheet);
    if (same) die_usage("-o and --review-sheet are one file: the results would be lost");
}

void eval_before_files(char **files)
{
    const char *const names[] = {"-o", "--review-sheet"};
    const char *const written[] = {settings.output, eval_command.sheet};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        check_input(written[i], names[i], eval_command.from);
        check_input(written[i], names[i], eval_command.reviewed);
        check_input(written[i], names[i], eval_command.history);
        if (eval_command.review || eval_command.reviewed)
            check_input(written[i], names[i], eval_command.baseline);
        for (char **file = files; *file; file++) check_input(written[i], names[i], *file);
    }
    if (eval_command.sheet) check_outputs();
}

static bool shares_metric(const struct eval_outcome *outcome)
{
    const struct marks *baseline = &outcome->baseline;

    for (size_t i = 0; i < baseline->column_count; i++)
        if (eval_measures_pairs(baseline->columns[i].name, false) &&
            comparison_reach(&outcome->marks, baseline, baseline->columns[i].name) > 0)
            return true;
    return false;
}

void eval_before_check(const struct eval_test *test, const struct eval_outcome *outcome)
{
    const struct marks *now = &outcome->marks, *baseline = &outcome->baseline;
    const char *name = outcome->baseline_name;
    struct err err;

    if (eval_command.review > test->questions.count)
        die_usage("--review asks for %zu prompts, and the test has %zu", eval_command.review,
                  test->questions.count);
    if (!eval_command.baseline) return;
    if (comparison_reach(now, baseline, NULL) == 0) {
        comparison_refuse(now, baseline, name, &err);
        die_of(&err);
    }
    if (eval_measures(EVAL_RETENTION) && comparison_reach(now, baseline, "answer_accuracy") == 0)
        die("%s: has no answer_accuracy: there is nothing to be retained", name);
    if (!shares_metric(outcome)) die("%s: no metric was measured both there and here", name);
    if (eval_command.review && !outcome->answered)
        die("%s: holds no answers: there is nothing to choose from", name);
}
