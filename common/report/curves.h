/* Which curves a report shows, and what one should see in them. */
#ifndef REPORT_CURVES_H
#define REPORT_CURVES_H

#include "page/chart.h"
#include "report/dossier.h"

#define CURVES_RUNS CHART_COLOURS /* more runs than that are in no picture */

/* The charts of the runs: each is good until the next. Several runs have a colour each, and what is
 * logged in training and in evaluation is then in two charts. */
struct curves {
    const struct dossier *dossier;
    size_t row;      /* the next of the table */
    bool evaluation; /* its second chart is next */
    struct chart chart;
    struct chart_series series[2 * CURVES_RUNS];
    struct chart_mark marks[9];
    char title[64];
    bool minor; /* belongs below the others */
};

void curves_begin(struct curves *curves, const struct dossier *dossier);
bool curves_next(struct curves *curves); /* false at the end */

/* Of a history: a chart a figure, lines of the table next to each other. */
struct trend_curves {
    const struct trend *trend;
    size_t line;
    struct chart chart;
    struct chart_series series[CHART_COLOURS];
};

void trend_curves_begin(struct trend_curves *curves, const struct trend *trend);
bool trend_curves_next(struct trend_curves *curves);

#endif
