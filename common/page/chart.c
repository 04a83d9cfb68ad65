#include "page/chart.h"

#include "page/html.h"
#include "page/thin.h"

#include <math.h>
#include <stdio.h>

#define POINTS ((size_t)720) /* of all curves of a chart together */
#define LOG_FROM 30.0        /* so much larger the largest value is than the least */

struct frame {
    struct ticks x, y;
    size_t points; /* of a curve, at most */
};

struct range {
    double low, high;
    bool any;
};

static void widen(struct range *range, double value)
{
    if (!isfinite(value)) return;
    if (!range->any || value < range->low) range->low = value;
    if (!range->any || value > range->high) range->high = value;
    range->any = true;
}

static void find_ranges(const struct chart *chart, struct range *x, struct range *y)
{
    for (size_t s = 0; s < chart->count; s++) {
        const struct chart_series *series = &chart->series[s];

        for (size_t i = 0; i < series->count; i++) {
            if (!isfinite(series->y[i]) || !isfinite(series->x[i])) continue;
            widen(x, series->x[i]);
            widen(y, series->y[i]);
        }
    }
    if (chart->has_limit && y->any) widen(y, chart->limit);
}

static bool find_frame(struct frame *frame, const struct chart *chart)
{
    struct range x = {0}, y = {0};
    bool log;

    find_ranges(chart, &x, &y);
    if (!y.any) return false;
    log = chart->may_be_log && y.low > 0 && y.high / y.low > LOG_FROM;
    if (!log && y.low >= 0 && y.low < 0.4 * y.high) y.low = 0;
    if (chart->share && y.high <= 1 && y.high > 0.9) y.high = 1;
    ticks_find(&frame->x, chart->dates ? SCALE_DATE : SCALE_LINEAR, x.low, x.high, 5, false);
    ticks_find(&frame->y, log ? SCALE_LOG : SCALE_LINEAR, y.low, y.high, 4, true);
    frame->points = POINTS / chart->count;
    if (frame->points < 60) frame->points = 60;
    return true;
}

void chart_value(struct buffer *out, bool share, double value)
{
    if (share && isfinite(value))
        buffer_format(out, "%.1f\xc2\xa0%%", 100 * value);
    else
        ticks_number(out, value);
}

static void add_label(struct buffer *page, const struct chart *chart, const struct ticks *ticks,
                      double value)
{
    struct ticks percent = *ticks;

    percent.step *= 100;
    if (!chart->share) {
        ticks_label(ticks, value, page);
        return;
    }
    ticks_label(&percent, 100 * value, page);
    buffer_byte(page, '%');
}

static double down(const struct frame *frame, double y)
{
    return 1000 * (1 - ticks_place(&frame->y, y));
}

/* A path: a line through the points, broken at gaps, or a dot on each. */
static void add_path(struct buffer *page, const struct chart_series *series,
                     const struct frame *frame, const size_t *chosen, size_t count, bool dots)
{
    bool pen_down = false;

    buffer_format(page, "<path class=\"%s%s\" style=\"stroke:var(--s%zu)\" d=\"",
                  dots ? "dot" : "line", series->faint ? " faint" : "",
                  series->colour % CHART_COLOURS);
    for (size_t i = 0; i < count; i++) {
        double x = series->x[chosen[i]], y = series->y[chosen[i]];

        if (!isfinite(y) || !isfinite(x)) {
            pen_down = false;
            continue;
        }
        buffer_format(page, "%c%.4g %.4g%s", pen_down && !dots ? 'L' : 'M',
                      1000 * ticks_place(&frame->x, x), down(frame, y), dots ? "h0" : "");
        pen_down = true;
    }
    buffer_text(page, "\"/>");
}

static void add_picture(struct buffer *page, const struct chart *chart, const struct frame *frame)
{
    size_t *chosen = mem_alloc(mem_product(frame->points, sizeof *chosen));

    buffer_text(page, "<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" "
                      "aria-hidden=\"true\"><path class=\"grid\" d=\"");
    for (size_t i = 0; i < frame->y.count; i++)
        buffer_format(page, "M0 %.1fH1000", down(frame, frame->y.at[i]));
    buffer_text(page, "\"/>");
    for (size_t i = 0; i < chart->mark_count; i++)
        buffer_format(page, "<path class=\"mark\" d=\"M%.1f 0V1000\"/>",
                      1000 * ticks_place(&frame->x, chart->marks[i].x));
    if (chart->has_limit)
        buffer_format(page, "<path class=\"limit\" d=\"M0 %.1fH1000\"/>",
                      down(frame, chart->limit));
    for (size_t s = 0; s < chart->count; s++) {
        const struct chart_series *series = &chart->series[s];
        size_t count = thin_points(series->x, series->y, series->count, frame->points, chosen);

        add_path(page, series, frame, chosen, count, false);
        if (count <= 60 && (series->dots || series->count == 1))
            add_path(page, series, frame, chosen, count, true);
    }
    buffer_text(page, "</svg>\n");
    mem_free(chosen);
}

static void add_axes(struct buffer *page, const struct chart *chart, const struct frame *frame)
{
    const struct ticks *x = &frame->x, *y = &frame->y;

    for (size_t i = 0; i < y->count; i++) {
        buffer_format(page, "<span class=\"y\" style=\"top:%.2f%%\">", down(frame, y->at[i]) / 10);
        add_label(page, chart, y, y->at[i]);
        buffer_text(page, "</span>");
    }
    for (size_t i = 0; i < x->count; i++) {
        buffer_format(page, "<span class=\"x\" style=\"left:%.2f%%\">",
                      100 * ticks_place(x, x->at[i]));
        ticks_label(x, x->at[i], page);
        buffer_text(page, "</span>");
    }
    for (size_t i = 0; i < chart->mark_count; i++)
        buffer_format(page, "<span class=\"at\" style=\"left:%.2f%%\">%zu</span>",
                      100 * ticks_place(x, chart->marks[i].x), chart->marks[i].number);
    if (chart->has_limit) {
        buffer_format(page, "<span class=\"over\" style=\"top:%.2f%%\">limit ",
                      down(frame, chart->limit) / 10);
        chart_value(page, chart->share, chart->limit);
        buffer_text(page, "</span>");
    }
}

/* With the last value, which the script replaces by that below the pointer. */
static void add_legend(struct buffer *page, const struct chart *chart)
{
    buffer_text(page, "<ul class=\"legend\">");
    for (size_t s = 0; s < chart->count; s++) {
        const struct chart_series *series = &chart->series[s];

        buffer_format(page, "<li><i%s style=\"background:var(--s%zu)\"></i><span>",
                      series->faint ? " class=\"faint\"" : "", series->colour % CHART_COLOURS);
        html_text(page, series->name);
        buffer_text(page, "</span> <b>");
        chart_value(page, chart->share, series->count ? series->y[series->count - 1] : NAN);
        buffer_text(page, "</b></li>");
    }
    buffer_text(page, "</ul>\n");
}

/* What the script needs: the ends of x, and the points that are drawn. */
static void add_points(struct buffer *json, const struct chart_series *series, size_t points)
{
    size_t *chosen = mem_alloc(mem_product(points, sizeof *chosen));
    size_t count = thin_points(series->x, series->y, series->count, points, chosen);

    buffer_text(json, "[[");
    for (size_t i = 0; i < count; i++)
        buffer_format(json, "%s%.10g", i ? "," : "", series->x[chosen[i]]);
    buffer_text(json, "],[");
    for (size_t i = 0; i < count; i++) {
        if (i) buffer_byte(json, ',');
        if (isfinite(series->y[chosen[i]]))
            buffer_format(json, "%.4g", series->y[chosen[i]]);
        else
            buffer_text(json, "null");
    }
    buffer_text(json, "]]");
    mem_free(chosen);
}

static void add_json(struct buffer *page, const struct chart *chart, const struct frame *frame)
{
    struct buffer json = {0};
    char id[32];

    buffer_format(&json, "{\"low\":%.10g,\"high\":%.10g,\"share\":%s,\"dates\":%s,\"series\":[",
                  frame->x.low, frame->x.high, chart->share ? "true" : "false",
                  chart->dates ? "true" : "false");
    for (size_t s = 0; s < chart->count; s++) {
        if (s) buffer_byte(&json, ',');
        add_points(&json, &chart->series[s], frame->points);
    }
    buffer_text(&json, "]}");
    snprintf(id, sizeof id, "chart-%zu", chart->number);
    html_json(page, id, (struct text){json.at, json.len});
    buffer_release(&json);
}

void chart_html(struct buffer *page, const struct chart *chart)
{
    struct frame frame;

    if (chart->count == 0 || !find_frame(&frame, chart)) return;
    buffer_text(page, "<figure class=\"chart card\">\n<figcaption><h3>");
    html_text(page, chart->title);
    if (frame.y.scale == SCALE_LOG) buffer_text(page, " <span class=\"chip\">log scale</span>");
    buffer_text(page, "</h3><p class=\"quiet\">");
    html_text(page, chart->note);
    buffer_text(page, "</p></figcaption>\n");
    add_legend(page, chart);
    buffer_format(page, "<div class=\"plot\" data-chart=\"chart-%zu\" role=\"img\"", chart->number);
    html_attribute(page, "aria-label", chart->title);
    buffer_text(page, ">\n");
    add_picture(page, chart, &frame);
    add_axes(page, chart, &frame);
    buffer_text(page, "<div class=\"cursor\"></div></div>\n<p class=\"under quiet\">");
    buffer_text(page, "<span>");
    html_text(page, chart->x_name);
    buffer_text(page, "</span> <output></output></p>\n");
    add_json(page, chart, &frame);
    chart_table(page, chart, 24);
    buffer_text(page, "</figure>\n");
}
