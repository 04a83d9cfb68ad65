#include "report/webpage.h"

#include "page/chart.h"
#include "page/html.h"
#include "report/curves.h"
#include "report/webpage_parts.h"

static const char css[] =
    ".head .chip{margin:0 6px 6px 0}\n"
    ".forest{width:132px;height:20px;display:block}\n"
    ".forest path{fill:none;stroke:var(--quiet);stroke-width:2}\n"
    ".forest .zero{stroke:var(--line);stroke-width:1}\n"
    ".forest .good,.events .good{stroke:var(--good)}.forest .bad{stroke:var(--bad)}\n"
    ".events{margin:0;padding-left:1.6em}.events li{padding:4px 0}\n"
    ".differs>*{background:var(--soft)}.facts td,.facts th{overflow-wrap:anywhere}\n"
    ".facts th{white-space:nowrap;width:1%}.facts thead th{white-space:normal;width:auto}\n"
    ".sample{margin-top:16px}.sample h3{display:flex;gap:8px;flex-wrap:wrap;align-items:baseline}\n"
    ".sample .record{margin-bottom:8px}.sample>.record{background:none;padding:6px 0}\n"
    "footer{margin-top:48px;font-size:.875rem}\n"
    "@media (max-width:640px){.wide{display:none}.facts th{white-space:normal}}\n"
    "@media print{.sample{break-inside:auto}.wide{display:none}}\n";

void webpage_section(struct buffer *page, const char *title)
{
    buffer_format(page, "<section>\n<h2>%s</h2>\n", title);
}

void webpage_table(struct buffer *page, const char *label)
{
    buffer_format(page,
                  "<div class=\"card\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                  "aria-label=\"%s\"><table>\n",
                  label);
}

void webpage_table_end(struct buffer *page)
{
    buffer_text(page, "</tbody></table></div></div>\n");
}

void webpage_head(struct buffer *page, const char *const *words, size_t count)
{
    buffer_text(page, "<thead><tr>");
    for (size_t i = 0; i < count; i++) {
        bool number = words[i][0] == '#';

        buffer_format(page, "<th scope=\"col\"%s>%s</th>", number ? " class=\"number\"" : "",
                      words[i] + number);
    }
    buffer_text(page, "</tr></thead><tbody>\n");
}

void webpage_cell(struct buffer *page, bool share, double value)
{
    buffer_text(page, "<td class=\"number\">");
    chart_value(page, share, value);
    buffer_text(page, "</td>");
}

static void add_chips(struct buffer *page, const struct dossier *dossier)
{
    buffer_text(page, "<p>");
    for (size_t i = 0; i < dossier->run_count && i < 50; i++) {
        buffer_text(page, "<span class=\"chip\">run ");
        html_limited(page, text_of(dossier->runs[i].path), 300);
        buffer_text(page, "</span>");
    }
    for (size_t i = 0; i < dossier->result_count && i < 50; i++) {
        buffer_text(page, "<span class=\"chip\">results ");
        html_limited(page, text_of(dossier->results[i].path), 300);
        buffer_text(page, "</span>");
    }
    for (size_t i = 0; i < dossier->trend_count && i < 50; i++) {
        buffer_text(page, "<span class=\"chip\">history ");
        html_limited(page, text_of(dossier->trends[i].path), 300);
        buffer_text(page, "</span>");
    }
    buffer_text(page, "</p>\n");
}

static void add_header(struct buffer *page, const struct dossier *dossier, const char *title)
{
    static const char *const tones[] = {"even", "good", "bad"};
    struct buffer words = {0};
    enum dossier_tone tone = dossier_verdict(dossier, &words);

    buffer_text(page, "<main>\n<header class=\"head\">\n<h1>");
    html_limited(page, text_of(title), 1000);
    buffer_format(page, "</h1>\n<p class=\"verdict %s\">", tones[tone]);
    html_text(page, (struct text){words.at, words.len});
    buffer_text(page, "</p>\n");
    add_chips(page, dossier);
    buffer_text(page, "</header>\n");
    buffer_release(&words);
}

void webpage_more(struct buffer *page, size_t count, size_t most, const char *what)
{
    if (count > most)
        buffer_format(page, "<p class=\"quiet\">And %zu more %s.</p>\n", count - most, what);
}

static size_t halve(size_t value, unsigned times)
{
    return value >> times ? value >> times : 1;
}

static void add_sections(struct buffer *page, const struct dossier *dossier, unsigned times)
{
    const struct webpage_limits limits = {.text = halve(2500, times),
                                          .prompt = halve(1000, times),
                                          .fact = halve(300, times),
                                          .command = times ? halve(200000, times) : 0,
                                          .rows = halve(100, times),
                                          .facts = halve(400, times),
                                          .tables = halve(8, times),
                                          .charts = halve(TREND_CHARTS, times)};
    size_t charts;

    if (times)
        buffer_format(page,
                      "<p class=\"warn\">To stay below a megabyte the page has no texts of more "
                      "than %zu bytes and no tables of more than %zu rows; --text has more.</p>\n",
                      limits.text, limits.rows);
    webpage_changes(page, dossier, &limits);
    charts = webpage_curves(page, dossier);
    webpage_runs(page, dossier, &limits);
    webpage_trends(page, dossier, charts, &limits);
    webpage_samples(page, dossier, &limits);
    webpage_facts(page, dossier, &limits);
}

bool webpage_write(struct buffer *page, const struct dossier *dossier, const char *title)
{
    struct buffer look = {0};
    const size_t begin = page->len;
    size_t sections;
    unsigned times = 0;

    buffer_text(&look, chart_css);
    buffer_text(&look, css);
    buffer_byte(&look, '\0');
    html_begin(page, html_cut(text_of(title), 1000), look.at);
    buffer_release(&look);
    add_header(page, dossier, title);
    sections = page->len;
    add_sections(page, dossier, times);
    while (page->len - begin > WEBPAGE_BYTES - 20000 && times < 7) {
        page->len = sections;
        add_sections(page, dossier, ++times);
    }
    buffer_text(page,
                "<footer class=\"quiet\">Made by dpo-report " VERSION ".</footer>\n</main>\n");
    html_end(page, chart_script);
    return times > 0;
}
