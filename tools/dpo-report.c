/* dpo-report: runs and results as one page for people. */
#include "core/outfile.h"
#include "core/report.h"
#include "options/options.h"
#include "report/dossier.h"
#include "report/plain.h"
#include "report/webpage.h"

static const char *title = "Report";
static bool text, trend;

static const struct option_spec options[] = {
    {0, "text", OPTION_FLAG, &text, NULL, "plain text for terminals and mail, in place of HTML"},
    {0, "trend", OPTION_FLAG, &trend, NULL, "of histories alone; without operands of runs.db"},
    {0, "title", OPTION_TEXT, &title, "TEXT", "what stands above it"},
    OPTION_END};

static const struct program program = {"dpo-report",
                                       "show what runs did and whether they helped",
                                       "RUN|RESULTS|runs.db...",
                                       options,
                                       NULL,
                                       NULL};

static void read_all(struct dossier *dossier, char **paths)
{
    struct err err;

    for (; *paths; paths++)
        if (!dossier_add(dossier, *paths, &err)) die_of(&err);
    if (trend && (dossier->run_count || dossier->result_count))
        die_usage("--trend is of histories alone, and not of runs and results");
    if (!dossier_compare(dossier, &err)) die_of(&err);
}

static void warn(const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->run_count; i++) {
        const struct run_log *log = &dossier->runs[i].log;

        for (size_t k = 0; k < log->note_count; k++) report_warning("%s", log->notes[k]);
        if (log->left_out > log->note_count)
            report_warning("%s: %zu more lines are left out", dossier->runs[i].path,
                           log->left_out - log->note_count);
        if (log->cut_off)
            report_warning("%s: the last line of the log is cut off", dossier->runs[i].path);
    }
}

static void say(const struct dossier *dossier, const struct buffer *page)
{
    report_count("runs", dossier->run_count);
    report_count("results", dossier->result_count);
    report_count("histories", dossier->trend_count);
    report_count("bytes", page->len);
    report_line();
}

int main(int argc, char **argv)
{
    char **paths = program_start(&program, argc, argv), *usual[] = {"runs.db", NULL};
    struct dossier dossier = {0};
    struct buffer page = {0};
    struct err err;

    if (!paths[0] && !trend)
        die_usage("nothing to report: give folders of runs, results of dpo-eval, or a runs.db");
    read_all(&dossier, paths[0] ? paths : usual);
    if (text)
        plain_write(&page, &dossier, title);
    else if (webpage_write(&page, &dossier, title))
        report_warning("the page is cut to stay below a megabyte: it says how");
    if (!outfile_put(settings.output, buffer_content(&page), &err)) die_of(&err);
    warn(&dossier);
    say(&dossier, &page);
    buffer_release(&page);
    dossier_close(&dossier);
    return EXIT_DONE;
}
