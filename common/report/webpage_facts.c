#include "page/html.h"
#include "records/value.h"
#include "report/command.h"
#include "report/curves.h"
#include "report/webpage_parts.h"

#include <stdio.h>
#include <string.h>

static void begin_facts(struct buffer *page, const char *label, const struct dossier *dossier)
{
    buffer_format(page,
                  "<div class=\"card\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                  "aria-label=\"%s\"><table class=\"facts\">\n",
                  label);
    if (dossier && dossier->run_count > 1) {
        buffer_text(page, "<thead><tr><td></td>");
        for (size_t i = 0; i < dossier->run_count && i < CURVES_RUNS; i++) {
            buffer_text(page, "<th scope=\"col\">");
            html_limited(page, text_of(dossier->runs[i].name), 100);
            buffer_text(page, "</th>");
        }
        buffer_text(page, "</tr></thead>");
    }
    buffer_text(page, "<tbody>\n");
}

static const struct facts *facts_of(const struct run_folder *run, bool metadata)
{
    return metadata ? &run->metadata : &run->options;
}

static bool was_named(const struct dossier *dossier, size_t run, size_t row, bool metadata)
{
    const struct facts *facts = facts_of(&dossier->runs[run], metadata);
    const char *name = facts->items[row].name;

    for (size_t i = 0; i < run; i++)
        if (facts_find(facts_of(&dossier->runs[i], metadata), name)) return true;
    for (size_t i = 0; i < row; i++)
        if (strcmp(facts->items[i].name, name) == 0) return true;
    return false;
}

/* All values of a name, one behind the other. */
static void join(struct buffer *out, const struct facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(facts->items[i].name, name) != 0) continue;
        if (out->len) buffer_text(out, ", ");
        buffer_text(out, facts->items[i].value);
    }
}

static void add_name(struct buffer *page, const struct dossier *dossier, const char *name,
                     bool metadata, size_t limit)
{
    struct buffer cells = {0}, first = {0};
    bool differs = false;

    for (size_t i = 0; i < dossier->run_count && i < CURVES_RUNS; i++) {
        struct buffer value = {0};

        join(&value, facts_of(&dossier->runs[i], metadata), name);
        if (i == 0) buffer_add(&first, value.at ? value.at : "", value.len);
        differs = differs || value.len != first.len ||
                  (first.at && value.at && memcmp(value.at, first.at, value.len) != 0);
        buffer_text(&cells, "<td><code>");
        html_limited(&cells, (struct text){value.at, value.len}, limit);
        buffer_text(&cells, "</code></td>");
        buffer_release(&value);
    }
    buffer_format(page, "<tr%s><th scope=\"row\">", differs ? " class=\"differs\"" : "");
    html_limited(page, text_of(name), 100);
    buffer_text(page, "</th>");
    buffer_add(page, cells.at, cells.len);
    buffer_text(page, "</tr>\n");
    buffer_release(&cells);
    buffer_release(&first);
}

static void add_of_runs(struct buffer *page, const struct dossier *dossier, bool metadata,
                        const struct webpage_limits *limits)
{
    size_t count = 0;

    begin_facts(page, metadata ? "Metadata" : "Options", dossier);
    for (size_t run = 0; run < dossier->run_count && run < CURVES_RUNS; run++) {
        const struct facts *facts = facts_of(&dossier->runs[run], metadata);

        for (size_t i = 0; i < facts->count; i++)
            if (!was_named(dossier, run, i, metadata) && count++ < limits->facts)
                add_name(page, dossier, facts->items[i].name, metadata, limits->fact);
        count += facts->left_out;
    }
    webpage_table_end(page);
    webpage_more(page, count, limits->facts, metadata ? "members" : "options");
}

static void add_fact(struct buffer *page, const char *name, const char *value, size_t limit)
{
    buffer_text(page, "<tr><th scope=\"row\">");
    html_limited(page, text_of(name), 100);
    buffer_text(page, "</th><td><code>");
    html_limited(page, text_of(value), limit);
    buffer_text(page, "</code></td></tr>\n");
}

static void add_made_by(struct buffer *page, const struct results *results,
                        const struct webpage_limits *limits)
{
    struct facts facts = {0};
    struct err err;
    size_t dropped = 0;
    char count[64];

    for (size_t i = 0; i < results->count; i++) dropped += results->items[i].dropped;
    buffer_text(page, "<h3 style=\"margin:24px 0 12px\">");
    html_limited(page, text_of(results->path), limits->fact);
    buffer_text(page, "</h3>\n");
    begin_facts(page, "How the results were made", NULL);
    snprintf(count, sizeof count, "%zu, of which %zu could not be scored", results->count, dropped);
    add_fact(page, "records", count, limits->fact);
    if (results->made_by.kind == KIND_OBJECT &&
        facts_flatten(&facts, results->path,
                      (struct text){results->made_by.at, results->made_by.len}, &err))
        for (size_t i = 0; i < facts.count && i < limits->facts; i++)
            add_fact(page, facts.items[i].name, facts.items[i].value, limits->fact);
    webpage_table_end(page);
    webpage_more(page, facts.count + facts.left_out, limits->facts, "members");
    facts_release(&facts);
}

static void add_data(struct buffer *page, const struct dossier *dossier,
                     const struct webpage_limits *limits)
{
    static const char *const names[][2] = {{"base_model.name", "model"},
                                           {"base_model.hash", "model, hash of its weights"},
                                           {"train_data.records", "training, records"},
                                           {"train_data.hash", "training, hash"},
                                           {"eval_data.records", "evaluation, records"},
                                           {"eval_data.hash", "evaluation, hash"}};

    for (size_t run = 0; run < dossier->run_count && run < CURVES_RUNS; run++) {
        const struct run_folder *one = &dossier->runs[run];

        if (!one->has_metadata) continue;
        buffer_text(page, "<h3 style=\"margin:24px 0 12px\">");
        html_limited(page, text_of(one->name), 100);
        buffer_text(page, "</h3>\n");
        begin_facts(page, "Data of the run", NULL);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const char *value = facts_find(&one->metadata, names[i][0]);

            if (value) add_fact(page, names[i][1], value, limits->fact);
        }
        webpage_table_end(page);
    }
    for (size_t i = 0; i < dossier->result_count && i < CURVES_RUNS; i++)
        add_made_by(page, &dossier->results[i], limits);
    webpage_more(page, dossier->result_count, CURVES_RUNS, "results");
}

static void add_commands(struct buffer *page, const struct dossier *dossier, size_t limit)
{
    bool any = false, data = false;

    for (size_t i = 0; i < dossier->run_count && i < CURVES_RUNS; i++) {
        struct buffer command = {0};

        if (command_of_run(&dossier->runs[i], &command)) {
            if (!any) webpage_section(page, "How to do it again");
            any = true;
            data = data || !command_names_data(&dossier->runs[i]);
            buffer_text(page, "<pre tabindex=\"0\">");
            if (limit && command.len > limit)
                buffer_format(page, "%zu bytes long: --text shows it", command.len);
            else
                html_text(page, (struct text){command.at, command.len});
            buffer_text(page, "</pre>\n");
        }
        buffer_release(&command);
    }
    if (!any) return;
    buffer_text(page, "<p class=\"quiet\">");
    command_explain(page, data);
    buffer_text(page, "</p>\n");
    webpage_more(page, dossier->run_count, CURVES_RUNS, "runs");
    buffer_text(page, "</section>\n");
}

void webpage_facts(struct buffer *page, const struct dossier *dossier,
                   const struct webpage_limits *limits)
{
    bool options = false, metadata = false;

    for (size_t i = 0; i < dossier->run_count; i++) {
        options |= dossier->runs[i].has_options;
        metadata |= dossier->runs[i].has_metadata;
    }
    if (metadata || dossier->result_count) {
        webpage_section(page, "Data");
        add_data(page, dossier, limits);
        buffer_text(page, "</section>\n");
    }
    if (options || metadata) {
        webpage_section(page, "Configuration");
        if (options) add_of_runs(page, dossier, false, limits);
        if (metadata) {
            buffer_text(page, "<details class=\"screen\"><summary>All that the run says of itself"
                              "</summary>\n");
            add_of_runs(page, dossier, true, limits);
            buffer_text(page, "</details>\n");
        }
        buffer_text(page, "</section>\n");
    }
    add_commands(page, dossier, limits->command);
}
