#include "page/chart.h"
#include "page/html.h"

#include <math.h>

/* Of the curves with two points or more that with the fewest: its points are the rows. */
static const struct chart_series *find_rows(const struct chart *chart)
{
    const struct chart_series *found = &chart->series[0];

    for (size_t s = 1; s < chart->count; s++) {
        size_t count = chart->series[s].count;

        if (count > 1 && (count < found->count || found->count < 2)) found = &chart->series[s];
    }
    return found;
}

/* The last value up to x. */
static double value_at(const struct chart_series *series, double x)
{
    size_t low = 0, high = series->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (series->x[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? series->y[low - 1] : NAN;
}

static void add_row(struct buffer *page, const struct chart *chart, double x)
{
    buffer_text(page, "<tr><th scope=\"row\" class=\"number\">");
    if (chart->dates)
        ticks_day(page, x);
    else
        ticks_number(page, x);
    buffer_text(page, "</th>");
    for (size_t s = 0; s < chart->count; s++) {
        buffer_text(page, "<td class=\"number\">");
        chart_value(page, chart->share, value_at(&chart->series[s], x));
        buffer_text(page, "</td>");
    }
    buffer_text(page, "</tr>\n");
}

void chart_table(struct buffer *page, const struct chart *chart, size_t rows)
{
    const struct chart_series *from = find_rows(chart);
    size_t count = from->count < rows ? from->count : rows;

    buffer_text(page, "<details class=\"screen\"><summary>Values</summary><div class=\"scroll\" "
                      "tabindex=\"0\" role=\"region\" aria-label=\"Values\"><table><thead><tr>"
                      "<th class=\"number\" scope=\"col\">");
    html_text(page, chart->dates ? TEXT("day") : chart->x_name);
    buffer_text(page, "</th>");
    for (size_t s = 0; s < chart->count; s++) {
        buffer_text(page, "<th class=\"number\" scope=\"col\">");
        html_text(page, chart->series[s].name);
        buffer_text(page, "</th>");
    }
    buffer_text(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < count; i++)
        add_row(page, chart, from->x[count > 1 ? i * (from->count - 1) / (count - 1) : 0]);
    buffer_text(page, "</tbody></table></div></details>\n");
}
