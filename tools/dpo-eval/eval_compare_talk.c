#include "dpo-eval/eval_compare_talk.h"

#include "core/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CELL 32

/* '-' where it is not known. */
static const char *cell(char text[CELL], const char *format, double value)
{
    if (isfinite(value))
        snprintf(text, CELL, format, value);
    else
        snprintf(text, CELL, "-");
    return text;
}

static const char *p_cell(char text[CELL], double p)
{
    if (p < 0.0001) return "<0.0001";
    return cell(text, "%.4f", p);
}

static const char *interval(char text[CELL], const struct paired *paired)
{
    if (!isfinite(paired->low) || !isfinite(paired->high)) return "-";
    snprintf(text, CELL, "%+.4f to %+.4f", paired->low, paired->high);
    return text;
}

static void row(const struct comparison_row *row, int width)
{
    const struct paired *paired = &row->paired;
    char cells[7][CELL];

    report_table("%-*s %6zu %10s %10s %10s  %-20s %8s %8s %10s", width, row->name, paired->n,
                 cell(cells[0], "%.4f", paired->baseline), cell(cells[1], "%.4f", paired->now),
                 cell(cells[2], "%+.4f", paired->difference), interval(cells[3], paired),
                 p_cell(cells[4], row->p), p_cell(cells[5], row->p_holm),
                 cell(cells[6], "%.4f", row->detectable));
}

static void object(const struct comparison_row *row)
{
    const struct paired *paired = &row->paired;

    report_title("comparison", row->name);
    report_count("n", paired->n);
    report_figure("baseline", paired->baseline, 6);
    report_figure("now", paired->now, 6);
    report_figure("difference", paired->difference, 6);
    report_figure("low", paired->low, 6);
    report_figure("high", paired->high, 6);
    report_figure("p", row->p, 6);
    report_figure("p_holm", row->p_holm, 6);
    report_figure("detectable", row->detectable, 6);
    report_line();
}

static void missing(const struct comparison *comparison)
{
    const struct pairing *pairing = &comparison->pairing;

    if (pairing->only_now > 0 || pairing->only_baseline > 0)
        report_warning("%zu records are not in %s, and %zu are only there: compared are %zu",
                       pairing->only_now, comparison->baseline, pairing->only_baseline,
                       pairing->count);
}

void eval_compare_talk(const struct comparison *comparison)
{
    int width = (int)strlen("metric");

    missing(comparison);
    for (size_t i = 0; i < comparison->count; i++) {
        const size_t len = strlen(comparison->rows[i].name);

        if (len > (size_t)width && len <= 40) width = (int)len;
    }
    report_table("%-*s %6s %10s %10s %10s  %-20s %8s %8s %10s", width, "metric", "n", "baseline",
                 "now", "difference", "95 % interval", "p", "p (Holm)", "detectable");
    for (size_t i = 0; i < comparison->count; i++) {
        if (report_is_json())
            object(&comparison->rows[i]);
        else
            row(&comparison->rows[i], width);
    }
}
