/* What dpo-eval does with a review, by itself, for tests/peers/review.mjs:
 *
 *     review --review N --from RESULTS -o SHEET
 *     review --reviewed FILE --from RESULTS      the counts, on standard output */
#include "core/outfile.h"
#include "core/report.h"
#include "review/outcome.h"
#include "review/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct results results;
static struct duels duels;
static struct err err;

static const char *option(char **argv, const char *name)
{
    for (; *argv && argv[1]; argv++)
        if (strcmp(*argv, name) == 0) return argv[1];
    return NULL;
}

static void write_sheet(size_t count, const char *path)
{
    struct sheet sheet;
    struct buffer page = {0};
    struct outfile out;

    sheet_draw(&sheet, &duels, count, 7);
    sheet_page(&sheet, &page);
    if (!outfile_open(&out, path, &err) || !outfile_write(&out, page.at, page.len, &err) ||
        !outfile_commit(&out, &err))
        die_of(&err);
    buffer_release(&page);
    sheet_release(&sheet);
}

static void count_choices(const char *path)
{
    struct verdicts verdicts;
    struct outcome outcome;

    if (!verdicts_open(&verdicts, path, &err)) die_of(&err);
    if (!outcome_find(&outcome, &verdicts, &duels, NULL, &err)) die_of(&err);
    printf("{\"wins\":%zu,\"losses\":%zu,\"ties\":%zu,\"open\":%zu}\n", outcome.all.wins,
           outcome.all.losses, outcome.all.ties, outcome.open);
    outcome_release(&outcome);
    verdicts_close(&verdicts);
}

int main(int argc, char **argv)
{
    const char *from = option(argv, "--from"), *count = option(argv, "--review");
    const char *reviewed = option(argv, "--reviewed");

    report_start("review");
    if (argc < 5 || !from || !(count || reviewed)) die_usage("--review or --reviewed, --from");
    if (!results_open(&results, from, &err)) die_of(&err);
    if (!duels_find(&duels, &results, NULL, &err)) die_of(&err);
    if (reviewed)
        count_choices(reviewed);
    else
        write_sheet(strtoul(count, NULL, 10), option(argv, "-o"));
    duels_release(&duels);
    results_close(&results);
    return 0;
}
