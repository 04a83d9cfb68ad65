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

#define TREND_CHARTS ((size_t)24) /* more figures than that are in no picture */

/* Of a history: a chart a figure, with the models that ran last; its note tells of others. */
struct trend_curves {
    const struct trend *trend;
    size_t line, left;      /* left: so many charts may come */
    enum history_kind kind; /* of the chart */
    size_t models;          /* that have the figure; the chart may have fewer */
    struct chart chart;
    struct chart_series series[CHART_COLOURS];
    char note[100];
};

/* At most so many charts; their numbers go on from that of curves->chart. */
void trend_curves_begin(struct trend_curves *curves, const struct trend *trend, size_t most);
bool trend_curves_next(struct trend_curves *curves);

/* What so many charts do not show, in a sentence; nothing where they show all. */
void trend_curves_missing(const struct trend *trend, size_t most, struct buffer *words);

#endif
