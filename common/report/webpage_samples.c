#include "page/chart.h"
#include "page/difference.h"
#include "page/html.h"
#include "report/showcase.h"
#include "report/webpage_parts.h"

#include <math.h>

#define MARKED_FROM 0.35 /* texts with less in common are all difference */

static void add_side(struct buffer *page, const char *title, const struct metric *metric,
                     double score, struct text text, const struct difference *difference,
                     enum difference_kind kind, size_t limit)
{
    struct text part = html_cut(text, limit);

    buffer_format(page, "<div><h4>%s", title);
    if (isfinite(score)) {
        buffer_text(page, " \xc2\xb7 ");
        if (score == 0 || score == 1)
            buffer_text(page, score == 1 ? "<span class=\"good\">right</span>"
                                         : "<span class=\"bad\">wrong</span>");
        else
            chart_value(page, metric->share, score);
    }
    buffer_text(page, "</h4><div class=\"record\" dir=\"auto\">");
    if (difference_share(difference) >= MARKED_FROM)
        difference_html(difference, kind, page);
    else
        html_text(page, part);
    if (part.len < text.len)
        buffer_format(page,
                      "<span class=\"cut\" dir=\"ltr\">\xe2\x80\xa6 cut: %zu more bytes</span>",
                      text.len - part.len);
    buffer_text(page, "</div></div>\n");
}

static void add_sample(struct buffer *page, const struct showcase *samples, size_t i,
                       const struct webpage_limits *limits)
{
    const struct sample *sample = &samples->items[i];
    bool binary = samples->metric.share && samples->metric.better == METRIC_HIGHER;
    struct difference difference;

    difference_find(&difference, html_cut(sample->before, limits->text),
                    html_cut(sample->after, limits->text));
    buffer_text(page, "<article class=\"card sample\"><h3><bdi>");
    if (sample->title.len)
        html_limited(page, sample->title, 100);
    else
        buffer_format(page, "Sample %zu", i + 1);
    buffer_text(page, "</bdi></h3>\n");
    html_record(page, NULL, sample->prompt, limits->prompt);
    buffer_text(page, "<div class=\"sides\">\n");
    add_side(page, samples->before, &samples->metric, binary ? sample->score_before : NAN,
             sample->before, &difference, DIFFERENCE_GONE, limits->text);
    add_side(page, samples->after, &samples->metric, binary ? sample->score_after : NAN,
             sample->after, &difference, DIFFERENCE_NEW, limits->text);
    buffer_text(page, "</div>\n");
    if (sample->wanted.at) {
        buffer_text(page, "<details class=\"screen\"><summary>What was wanted</summary>\n");
        html_record(page, NULL, sample->wanted, limits->prompt);
        buffer_text(page, "</details>\n");
    }
    buffer_text(page, "</article>\n");
    difference_release(&difference);
}

void webpage_samples(struct buffer *page, const struct dossier *dossier,
                     const struct webpage_limits *limits)
{
    struct showcase samples;

    showcase_find(&samples, dossier);
    if (samples.count) {
        webpage_section(page, "Side by side");
        buffer_format(page, "<p class=\"quiet\">%zu of %zu answers, %s. ", samples.count,
                      samples.of, samples.order);
        buffer_text(page,
                    "<del>Gone</del> and <ins>new</ins> words are marked where the texts have "
                    "enough in common.</p>\n");
        for (size_t i = 0; i < samples.count; i++) add_sample(page, &samples, i, limits);
        buffer_text(page, "</section>\n");
    }
    showcase_release(&samples);
}
