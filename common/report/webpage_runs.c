#include "page/chart.h"
#include "page/html.h"
#include "report/curves.h"
#include "report/webpage_parts.h"

#include <math.h>

static void add_charts(struct buffer *page, const struct dossier *dossier, bool minor,
                       size_t *charts)
{
    struct curves curves;
    bool any = false;

    curves_begin(&curves, dossier);
    while (curves_next(&curves)) {
        if (curves.minor != minor) continue;
        if (!any)
            buffer_text(page, minor
                                  ? "<details class=\"screen more\"><summary>More curves</summary>"
                                    "<div class=\"cards\">\n"
                                  : "<div class=\"cards\">\n");
        any = true;
        curves.chart.number = ++*charts;
        chart_html(page, &curves.chart);
    }
    if (any) buffer_text(page, minor ? "</div></details>\n" : "</div>\n");
}

size_t webpage_curves(struct buffer *page, const struct dossier *dossier)
{
    size_t charts = 0;

    if (dossier->run_count == 0) return 0;
    webpage_section(page, "Curves");
    if (dossier->run_count > CURVES_RUNS)
        buffer_format(page, "<p class=\"quiet\">The first %zu of %zu runs.</p>\n", CURVES_RUNS,
                      dossier->run_count);
    add_charts(page, dossier, false, &charts);
    add_charts(page, dossier, true, &charts);
    if (charts == 0) buffer_text(page, "<p class=\"quiet\">Nothing is logged yet.</p>\n");
    buffer_text(page, "</section>\n");
    return charts;
}

/* As it was at the step of the result. */
static double last_of(const struct run_folder *run, const char *name)
{
    const struct run_series *series = run_log_series(&run->log, name);
    double result = run_folder_result(run);

    for (size_t i = series ? series->count : 0; i-- > 0;)
        if (series->x[i] <= result) return series->y[i];
    return NAN;
}

static void add_runs(struct buffer *page, const struct dossier *dossier, size_t most)
{
    static const char *const heads[] = {
        "Run",     "State",     "#Steps", "#Result of step", "#Loss", "#Evaluation loss",
        "#Margin", "#Accuracy", "#KL"};

    webpage_table(page, "Runs");
    webpage_head(page, heads, 9);
    for (size_t i = 0; i < dossier->run_count && i < most; i++) {
        const struct run_folder *run = &dossier->runs[i];

        buffer_text(page, "<tr><th scope=\"row\">");
        html_limited(page, text_of(run->name), 100);
        buffer_text(page, "</th><td>");
        run_folder_state(run, page);
        buffer_text(page, "</td>");
        webpage_cell(page, false, run->log.last_step);
        webpage_cell(page, false, run_folder_result(run));
        webpage_cell(page, false, last_of(run, "loss"));
        webpage_cell(page, false, last_of(run, "eval_loss"));
        webpage_cell(page, false, last_of(run, "eval_rewards/margins"));
        webpage_cell(page, true, last_of(run, "eval_rewards/accuracies"));
        webpage_cell(page, false, last_of(run, "eval_kl"));
        buffer_text(page, "</tr>\n");
    }
    webpage_table_end(page);
    webpage_more(page, dossier->run_count, most, "runs");
}

static void add_events(struct buffer *page, const struct run_folder *run, size_t most)
{
    const struct run_log *log = &run->log;

    if (log->event_count == 0) return;
    buffer_text(page, "<div class=\"card\"><h3>What ");
    html_limited(page, text_of(run->name), 100);
    buffer_text(page, " did on its own</h3><ol class=\"events\">\n");
    for (size_t i = 0; i < log->event_count && i < most; i++) {
        const struct run_event *event = &log->events[i];

        buffer_text(page, "<li><span class=\"chip\">");
        html_limited(page, text_of(event->name), 60);
        buffer_text(page, "</span> ");
        if (event->words)
            html_limited(page, text_of(event->words), 400);
        else
            buffer_format(page, "step %.0f", event->step);
        buffer_text(page, "</li>\n");
    }
    buffer_text(page, "</ol></div>\n");
    webpage_more(page, log->events_logged, log->event_count < most ? log->event_count : most,
                 "events");
}

static void add_notes(struct buffer *page, const struct run_folder *run)
{
    const struct run_log *log = &run->log;

    if (log->note_count == 0 && !log->cut_off) return;
    buffer_text(page, "<div class=\"card warn\"><ul class=\"events\">\n");
    for (size_t i = 0; i < log->note_count; i++) {
        buffer_text(page, "<li>");
        html_limited(page, text_of(log->notes[i]), 400);
        buffer_text(page, "</li>\n");
    }
    if (log->left_out > log->note_count)
        buffer_format(page, "<li>and %zu more of this kind</li>\n",
                      log->left_out - log->note_count);
    if (log->cut_off) {
        buffer_text(page, "<li>");
        html_limited(page, text_of(run->path), 300);
        buffer_text(page, ": the last line of the log is cut off: the run was killed, or writes it "
                          "just now</li>\n");
    }
    buffer_text(page, "</ul></div>\n");
}

void webpage_runs(struct buffer *page, const struct dossier *dossier,
                  const struct webpage_limits *limits)
{
    if (dossier->run_count == 0) return;
    webpage_section(page, dossier->run_count == 1 ? "The run" : "The runs");
    add_runs(page, dossier, limits->rows);
    for (size_t i = 0; i < dossier->run_count && i < CURVES_RUNS; i++) {
        add_events(page, &dossier->runs[i], limits->rows);
        add_notes(page, &dossier->runs[i]);
    }
    buffer_text(page, "</section>\n");
}

static void add_nights(struct buffer *page, const struct trend *trend, size_t most)
{
    static const char *const heads[] = {"Day", "Kind", "Result", "Wrote", "Model", "#Minutes"};
    size_t first = trend->count > most ? trend->count - most : 0;

    webpage_table(page, "Runs of the history");
    webpage_head(page, heads, 6);
    for (size_t i = trend->count; i-- > first;) {
        const struct trend_run *run = &trend->runs[i];
        const char *const words[] = {run->kind, run->result, run->place, run->model};

        buffer_text(page, "<tr><th scope=\"row\" style=\"white-space:nowrap\">");
        ticks_day(page, run->started);
        buffer_text(page, "</th>");
        for (size_t k = 0; k < 4; k++) {
            buffer_text(page, "<td>");
            if (words[k]) html_limited(page, text_of(words[k]), 200);
            buffer_text(page, "</td>");
        }
        buffer_text(page, "<td class=\"number\">");
        if (isfinite(run->minutes)) buffer_format(page, "%.1f", run->minutes);
        buffer_text(page, "</td></tr>\n");
    }
    webpage_table_end(page);
    if (first) buffer_format(page, "<p class=\"quiet\">And %zu older ones.</p>\n", first);
}

void webpage_trends(struct buffer *page, const struct dossier *dossier, size_t charts,
                    const struct webpage_limits *limits)
{
    for (size_t i = 0; i < dossier->trend_count && i < 8; i++) {
        const struct trend *trend = &dossier->trends[i];
        struct trend_curves curves = {.chart = {.number = charts}};
        struct buffer missing = {0};

        webpage_section(page, "Night after night");
        buffer_text(page, "<div class=\"cards\">\n");
        trend_curves_begin(&curves, trend, limits->charts);
        while (trend_curves_next(&curves)) chart_html(page, &curves.chart);
        charts = curves.chart.number;
        trend_curves_missing(trend, limits->charts, &missing);
        buffer_text(page, "</div>\n<p class=\"quiet\">");
        buffer_add(page, missing.len ? missing.at : "", missing.len);
        buffer_release(&missing);
        buffer_text(page, "</p>\n<div style=\"margin-top:16px\">");
        add_nights(page, trend, limits->rows);
        buffer_text(page, "</div></section>\n");
    }
    webpage_more(page, dossier->trend_count, 8, "histories");
}
