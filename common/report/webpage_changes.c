#include "page/chart.h"
#include "page/html.h"
#include "report/webpage_parts.h"

#include <math.h>
#include <string.h>

/* The interval as a line, with 0 in the middle: of shares all on one scale. */
static void add_forest(struct buffer *page, const struct change_row *row, double scale)
{
    static const char *const classes[] = {"", "good", "bad"};
    double high = fmax(fabs(row->low), fabs(row->high));

    buffer_text(page, "<td class=\"wide\">");
    if (isfinite(row->low) && isfinite(row->high) && (row->metric.share ? scale : high) > 0) {
        double unit = 95 / (row->metric.share ? scale : high);
        const char *class = classes[change_sign(row)];

        buffer_format(
            page,
            "<svg class=\"forest\" viewBox=\"-100 -15 200 30\" aria-hidden=\"true\">"
            "<path class=\"zero\" d=\"M0-15V15\"/><path class=\"%s\" d=\"M%.1f 0H%.1fM%.1f"
            "-5v10M%.1f-5v10\"/><path class=\"%s\" style=\"stroke-width:9\" "
            "d=\"M%.1f 0h8\"/></svg>",
            class, unit * row->low, unit * row->high, unit * row->low, unit * row->high, class,
            unit * row->difference - 4);
    }
    buffer_text(page, "</td>");
}

static void add_difference(struct buffer *page, const struct change_row *row)
{
    static const char *const classes[] = {"", " good", " bad"};

    buffer_format(page, "<td class=\"number%s\">", classes[change_sign(row)]);
    change_words(page, &row->metric, row->difference);
    buffer_text(page, "</td><td class=\"number\">");
    if (isfinite(row->low) && isfinite(row->high)) {
        change_words(page, &row->metric, row->low);
        buffer_text(page, " to ");
        change_words(page, &row->metric, row->high);
    }
    buffer_text(page, "</td>");
}

static void add_row(struct buffer *page, const struct change_row *row, double scale, bool compared)
{
    buffer_text(page, "<tr><th scope=\"row\">");
    html_limited(page, metric_words(&row->metric, text_of(row->name)), 100);
    buffer_text(page, "</th>");
    if (compared) webpage_cell(page, row->metric.share, row->before);
    webpage_cell(page, row->metric.share, row->after);
    if (compared) {
        add_difference(page, row);
        add_forest(page, row, scale);
        buffer_text(page, "<td class=\"number wide\">");
        if (row->n) buffer_format(page, "%zu / %zu", row->higher, row->lower);
        buffer_text(page, "</td>");
        buffer_text(page, "<td class=\"number\">");
        if (row->p < 0.001)
            buffer_text(page, "&lt; 0.001");
        else if (isfinite(row->p))
            buffer_format(page, "%.3f", row->p);
        buffer_text(page, "</td>");
    }
    buffer_text(page, "</tr>\n");
}

static double share_scale(const struct change *change)
{
    double scale = 0;

    for (size_t i = 0; i < change->count; i++) {
        const struct change_row *row = &change->rows[i];

        if (!row->metric.share || !isfinite(row->low) || !isfinite(row->high)) continue;
        scale = fmax(scale, fmax(fabs(row->low), fabs(row->high)));
    }
    return scale;
}

static void add_table(struct buffer *page, const struct change *change, bool compared, size_t most)
{
    static const char *const alone[] = {"Metric", "#Value"};
    double scale = share_scale(change);

    webpage_table(page, "Metrics");
    if (compared)
        buffer_text(page,
                    "<thead><tr><th scope=\"col\">Metric</th><th scope=\"col\" class=\"number\">"
                    "Before</th><th scope=\"col\" class=\"number\">After</th><th scope=\"col\" "
                    "class=\"number\">Difference</th><th scope=\"col\" class=\"number\">95\xc2\xa0%"
                    " interval</th><td class=\"wide\"></td><th scope=\"col\" class=\"number wide\">"
                    "Higher / lower</th><th scope=\"col\" class=\"number\">p</th></tr></thead>"
                    "<tbody>\n");
    else
        webpage_head(page, alone, 2);
    for (size_t i = 0; i < change->count && i < most; i++)
        if (!compared || !change->rows[i].metric.count)
            add_row(page, &change->rows[i], scale, compared);
    webpage_table_end(page);
    webpage_more(page, change->count, most, "metrics");
}

static void add_group(struct buffer *page, const struct change_group *group,
                      const struct metric *metric, bool compared)
{
    buffer_text(page, "<tr><th scope=\"row\"><bdi>");
    html_limited(page, text_of(group->word), 100);
    buffer_format(page, "</bdi></th><td class=\"number\">%zu</td>", group->n);
    if (compared) webpage_cell(page, metric->share, group->before);
    webpage_cell(page, metric->share, group->after);
    if (compared) {
        buffer_text(page, "<td class=\"number\">");
        change_words(page, metric, group->after - group->before);
        buffer_text(page, "</td>");
    }
    buffer_text(page, "</tr>\n");
}

static void add_groups(struct buffer *page, const struct change *change, bool compared)
{
    static const char *const heads[] = {"Part", "#Records", "#Before", "#After", "#Difference"};
    static const char *const alone[] = {"Part", "#Records", "#Value"};
    const struct change_row *row = change_primary(change);

    if (change->group_count == 0 || !row) return;
    buffer_text(page, "<h3 style=\"margin:24px 0 12px\">By part of the test: ");
    html_text(page, metric_words(&row->metric, text_of(row->name)));
    buffer_text(page, "</h3>\n");
    webpage_table(page, "By part of the test");
    webpage_head(page, compared ? heads : alone, compared ? 5 : 3);
    for (size_t i = 0; i < change->group_count; i++) {
        const struct change_group *group = &change->groups[i];

        if (i == 0 || strcmp(group->group, change->groups[i - 1].group) != 0) {
            buffer_format(page, "<tr><th scope=\"colgroup\" colspan=\"%d\" class=\"quiet\">",
                          compared ? 5 : 3);
            html_limited(page, text_of(group->group), 60);
            buffer_text(page, "</th></tr>\n");
        }
        add_group(page, group, &row->metric, compared);
    }
    webpage_table_end(page);
    webpage_more(page, change->ungrouped, 0, "records of further parts");
}

static void add_under(struct buffer *page, const struct change *change)
{
    const struct change_row *row = change_primary(change);

    buffer_text(page,
                "<p class=\"quiet\" style=\"margin-top:12px\">Intervals: 10,000 bootstrap "
                "samples of the records. p: McNemar&#39;s exact test where each record scores "
                "0 or 1, else the paired t-test; Holm&#39;s correction. Differences of shares "
                "are in points.");
    if (row && row->n && isfinite(row->detectable)) {
        buffer_format(page, " %zu records can show a change of ", row->n);
        html_text(page, metric_words(&row->metric, text_of(row->name)));
        buffer_text(page, " of ");
        if (row->metric.share)
            buffer_format(page, "%.1f points", 100 * row->detectable);
        else
            ticks_number(page, row->detectable);
        buffer_text(page, " or more (four times of five).");
    }
    if (change->unmatched)
        buffer_format(page, " %zu records are in one of the two files only, and left out.",
                      change->unmatched);
    buffer_text(page, "</p>\n");
}

/* The last one is there in any case: the verdict is about it. */
void webpage_changes(struct buffer *page, const struct dossier *dossier,
                     const struct webpage_limits *limits)
{
    const size_t count = dossier->change_count;

    if (count > limits->tables)
        buffer_format(page,
                      "<p class=\"quiet\">%zu of %zu comparisons, the last one among them."
                      "</p>\n",
                      limits->tables, count);
    for (size_t i = 0; i < count; i++) {
        const struct change *change = &dossier->changes[i];
        bool compared = change->before != NULL;

        if (i + 1 >= limits->tables && i + 1 < count) continue;
        webpage_section(page, compared ? "Before and after" : "Metrics");
        buffer_text(page, "<p class=\"quiet\">");
        if (compared) {
            html_limited(page, text_of(change->before), 300);
            buffer_text(page, " \xe2\x86\x92 ");
        }
        html_limited(page, text_of(change->after), 300);
        buffer_text(page, "</p>\n");
        add_table(page, change, compared, limits->rows);
        if (compared) add_under(page, change);
        add_groups(page, change, compared);
        buffer_text(page, "</section>\n");
    }
}
