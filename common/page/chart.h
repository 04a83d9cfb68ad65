/* Curves as inline SVG that fits its box, with words of the page around it: readable on a phone,
 * with values by mouse, finger and arrow keys, and as a table.
 *
 *     html_begin(&page, title, chart_css);
 *     chart_html(&page, &chart);
 *     html_end(&page, chart_script);
 */
#ifndef PAGE_CHART_H
#define PAGE_CHART_H

#include "page/ticks.h"

#define CHART_COLOURS ((size_t)8)

struct chart_series {
    struct text name;
    size_t colour;       /* of --s0 ... --s7 */
    bool faint;          /* stands behind the others */
    bool dots;           /* each point is marked */
    const double *x, *y; /* x ascending; a y that is NaN is a gap */
    size_t count;
};

struct chart_mark {
    double x;
    size_t number; /* what is written above it */
};

struct chart {
    struct text title, note; /* note: what one should see in it; may be empty */
    struct text x_name;      /* 'step'; empty for dates */
    bool dates;              /* x is seconds since 1970 */
    bool share;              /* y is a share of 1, shown in percent */
    bool may_be_log;         /* where the values differ much */
    bool has_limit;
    double limit; /* a line across, named 'limit' */
    const struct chart_series *series;
    size_t count;
    const struct chart_mark *marks;
    size_t mark_count;
    size_t number; /* of the chart in its page */
};

extern const char chart_css[], chart_script[];

/* Nothing where no series has a finite number. Long series are thinned, see page/thin. */
void chart_html(struct buffer *page, const struct chart *chart);

/* The values in a table of at most so many rows, behind a summary to be opened. */
void chart_table(struct buffer *page, const struct chart *chart, size_t rows);

/* A value as the chart shows it: '0.693', '55.2 %'. */
void chart_value(struct buffer *out, bool share, double value);

#endif
