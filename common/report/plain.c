#include "report/plain.h"

#include "page/html.h"
#include "page/sparkline.h"
#include "report/curves.h"
#include "report/plain_parts.h"
#include "report/unseen.h"
#include "unicode/utf8.h"

#include <math.h>
#include <string.h>

size_t plain_words(struct buffer *out, struct text text, size_t most)
{
    struct buffer clean = {0};
    const char *at, *end;
    size_t count = 0;

    utf8_repair(&clean, text);
    at = clean.len ? clean.at : "";
    end = at + clean.len;
    for (unsigned len; at < end; at += len) {
        uint32_t code = utf8_code(at, &len);

        if (unseen_direction(code)) continue;
        if (most && count + 1 == most && end - at > (ptrdiff_t)len) {
            buffer_text(out, "\xe2\x80\xa6");
            count++;
            break;
        }
        if (unseen_control(code))
            buffer_byte(out, code == '\n' || code == '\t' ? ' ' : '?');
        else
            buffer_add(out, at, len);
        count++;
    }
    buffer_release(&clean);
    return count;
}

void plain_blanks(struct buffer *out, size_t count)
{
    while (count-- > 0) buffer_byte(out, ' ');
}

void plain_left(struct buffer *out, struct text text, size_t width)
{
    size_t used = plain_words(out, text, width);

    plain_blanks(out, used < width ? width - used : 0);
}

void plain_right(struct buffer *out, const struct buffer *text, size_t width)
{
    struct buffer words = {0};
    size_t used = plain_words(&words, (struct text){text->at, text->len}, 0);

    plain_blanks(out, used < width ? width - used : 1); /* never one word with what stands before */
    buffer_add(out, words.at ? words.at : "", words.len);
    buffer_release(&words);
}

void plain_value(struct buffer *out, bool share, double value, size_t width)
{
    struct buffer words = {0};

    chart_value(&words, share, value);
    plain_right(out, &words, width);
    buffer_release(&words);
}

void plain_title(struct buffer *out, const char *title)
{
    buffer_format(out, "\n%s\n", title);
    for (const char *at = title; *at; at++) buffer_byte(out, '-');
    buffer_byte(out, '\n');
}

/* How many bytes of text go on a line of so many columns: up to a blank, if there is one. */
static size_t line_length(struct text text, size_t room)
{
    size_t bytes = 0, columns = 0, blank = 0;

    for (; bytes < text.len && columns < room; columns++) {
        if (text.at[bytes] == ' ') blank = bytes;
        bytes += utf8_length((unsigned char)text.at[bytes]);
    }
    return bytes < text.len && text.at[bytes] != ' ' && blank ? blank : bytes;
}

static void wrap_line(struct buffer *out, struct text text, const char *indent)
{
    struct buffer clean = {0};
    size_t at = 0;

    plain_words(&clean, text, 0);
    while (at < clean.len) {
        struct text rest = {clean.at + at, clean.len - at};
        size_t bytes = line_length(rest, PLAIN_WIDTH - strlen(indent));

        buffer_text(out, indent);
        buffer_add(out, rest.at, bytes);
        buffer_byte(out, '\n');
        at += bytes;
        while (at < clean.len && clean.at[at] == ' ') at++;
    }
    buffer_release(&clean);
}

void plain_wrap(struct buffer *out, struct text text, const char *indent)
{
    const char *at = text.at, *end = text.len ? at + text.len : at;

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        if (!stop) stop = end;
        wrap_line(out, (struct text){at, (size_t)(stop - at)}, indent);
        at = stop + 1;
    }
}

void plain_cut(struct buffer *out, struct text text, size_t limit, const char *indent)
{
    struct text part = html_cut(text, limit);

    plain_wrap(out, part, indent);
    if (part.len < text.len)
        buffer_format(out, "%s(cut: %zu more bytes)\n", indent, text.len - part.len);
}

static void add_curve(struct buffer *out, const struct chart *chart, size_t s)
{
    const struct chart_series *series = &chart->series[s];
    double last = series->count ? series->y[series->count - 1] : NAN;
    size_t lost = series->count;

    while (lost > 0 && !isfinite(series->y[lost - 1])) lost--;
    plain_left(out, s == 0 ? chart->title : TEXT(""), 18);
    buffer_byte(out, ' ');
    plain_left(out, series->name, 20);
    buffer_byte(out, ' ');
    plain_value(out, chart->share, series->count ? series->y[0] : NAN, 9);
    plain_value(out, chart->share, last, 9);
    buffer_text(out, "  ");
    sparkline_add(out, series->x, series->y, series->count, 20);
    buffer_byte(out, '\n');
    if (lost == series->count) return;
    plain_blanks(out, 19);
    buffer_format(out, "no number since %s", chart->dates ? "" : "step ");
    if (chart->dates)
        ticks_day(out, series->x[lost]);
    else
        buffer_format(out, "%.0f", series->x[lost]);
    buffer_byte(out, '\n');
}

static void add_head(struct buffer *out, const char *title)
{
    buffer_format(out, "%-18s %-20s %9s%9s\n", title, "", "first", "last");
}

static void add_curves(struct buffer *out, const struct dossier *dossier)
{
    struct curves curves;
    bool any = false;

    curves_begin(&curves, dossier);
    while (curves_next(&curves)) {
        if (!any) {
            plain_title(out, "Curves");
            add_head(out, "");
        }
        any = true;
        for (size_t s = 0; s < curves.chart.count; s++) add_curve(out, &curves.chart, s);
    }
    if (dossier->run_count && !any) {
        plain_title(out, "Curves");
        buffer_text(out, "Nothing is logged yet.\n");
    }
    if (dossier->run_count > CURVES_RUNS)
        buffer_format(out, "The first %zu of %zu runs.\n", CURVES_RUNS, dossier->run_count);
}

static void add_trend(struct buffer *out, const struct trend *trend)
{
    static const char *const heads[] = {
        [HISTORY_TRAIN] = "Training", [HISTORY_EVAL] = "Tests", [HISTORY_DEPLOY] = "Deployments"};
    struct trend_curves curves = {0};
    struct buffer missing = {0};
    size_t before = SIZE_MAX;

    plain_title(out, "Night after night");
    trend_curves_begin(&curves, trend, TREND_CHARTS);
    while (trend_curves_next(&curves)) {
        if (before != curves.kind) add_head(out, heads[curves.kind]);
        before = curves.kind;
        for (size_t s = 0; s < curves.chart.count; s++) add_curve(out, &curves.chart, s);
        if (curves.chart.count < curves.models) plain_wrap(out, curves.chart.note, "    ");
    }
    trend_curves_missing(trend, TREND_CHARTS, &missing);
    plain_wrap(out, (struct text){missing.at, missing.len}, "");
    buffer_release(&missing);
    plain_nights(out, trend);
}

static void add_trends(struct buffer *out, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->trend_count; i++) add_trend(out, &dossier->trends[i]);
}

/* Blanks at which no line was to be broken are common ones from here on. */
static void free_blanks(struct buffer *out)
{
    size_t len = 0;

    for (size_t i = 0; i < out->len; i++) {
        bool blank = i + 1 < out->len && memcmp(out->at + i, "\xc2\xa0", 2) == 0;

        out->at[len++] = blank ? ' ' : out->at[i];
        i += blank;
    }
    out->len = len;
}

void plain_write(struct buffer *out, const struct dossier *dossier, const char *title)
{
    struct buffer words = {0};

    plain_words(out, text_of(title), PLAIN_WIDTH);
    buffer_text(out, "\n\n");
    dossier_verdict(dossier, &words);
    plain_wrap(out, (struct text){words.at, words.len}, "");
    buffer_release(&words);
    plain_changes(out, dossier);
    add_curves(out, dossier);
    plain_runs(out, dossier);
    add_trends(out, dossier);
    plain_samples(out, dossier);
    plain_facts(out, dossier);
    plain_commands(out, dossier);
    free_blanks(out);
}
