#include "page/chart.h"
#include "records/value.h"
#include "report/plain_parts.h"

#include <math.h>
#include <string.h>

#define VALUE ((size_t)300)
#define NIGHTS ((size_t)100)

static void add_group(struct buffer *out, const struct change_group *group,
                      const struct metric *metric, bool compared)
{
    struct buffer words = {0};

    buffer_text(out, "  ");
    plain_left(out, text_of(group->word), 26);
    buffer_format(out, "%7zu", group->n);
    if (compared) plain_value(out, metric->share, group->before, 9);
    plain_value(out, metric->share, group->after, 9);
    if (compared) {
        change_words(&words, metric, group->after - group->before);
        plain_right(out, &words, 9);
    }
    buffer_byte(out, '\n');
    buffer_release(&words);
}

void plain_groups(struct buffer *out, const struct change *change)
{
    const struct change_row *row = change_primary(change);
    bool compared = change->before != NULL;

    if (change->group_count == 0 || !row) return;
    buffer_text(out, "\nBy part of the test: ");
    plain_words(out, metric_words(&row->metric, text_of(row->name)), 50);
    buffer_format(out, "\n%28s%7s", "", "records");
    buffer_format(out, compared ? "%9s%9s%9s\n" : "%9s\n", compared ? "before" : "value", "after",
                  "diff.");
    for (size_t i = 0; i < change->group_count; i++) {
        const struct change_group *group = &change->groups[i];

        if (i == 0 || strcmp(group->group, change->groups[i - 1].group) != 0) {
            plain_words(out, text_of(group->group), 60);
            buffer_byte(out, '\n');
        }
        add_group(out, group, &row->metric, compared);
    }
    if (change->ungrouped)
        buffer_format(out, "%zu records are of further parts.\n", change->ungrouped);
}

static void add_or_dash(struct buffer *out, const char *words, size_t width)
{
    plain_left(out, text_of(words ? words : "-"), width);
    buffer_byte(out, ' ');
}

void plain_nights(struct buffer *out, const struct trend *trend)
{
    size_t first = trend->count > NIGHTS ? trend->count - NIGHTS : 0;

    buffer_format(out, "\n%-10s %-6s %-7s %-22s %-20s %8s\n", "Day", "Kind", "Result", "Wrote",
                  "Model", "Minutes");
    for (size_t i = trend->count; i-- > first;) {
        const struct trend_run *run = &trend->runs[i];
        struct buffer day = {0};

        ticks_day(&day, run->started);
        plain_left(out, (struct text){day.at, day.len}, 10);
        buffer_byte(out, ' ');
        add_or_dash(out, run->kind, 6);
        add_or_dash(out, run->result, 7);
        add_or_dash(out, run->place, 22);
        add_or_dash(out, run->model, 20);
        if (isfinite(run->minutes))
            buffer_format(out, "%8.1f\n", run->minutes);
        else
            buffer_format(out, "%8s\n", "-");
        buffer_release(&day);
    }
    if (first) buffer_format(out, "And %zu older ones.\n", first);
}

static void add_fact(struct buffer *out, const char *name, const char *value)
{
    struct buffer line = {0};

    buffer_format(&line, "%s = %s", name, value);
    plain_cut(out, (struct text){line.at, line.len}, strlen(name) + VALUE, "  ");
    buffer_release(&line);
}

static void add_facts(struct buffer *out, const char *of, const char *what,
                      const struct facts *facts)
{
    if (facts->count == 0) return;
    plain_words(out, text_of(of), 60);
    buffer_format(out, ", %s:\n", what);
    for (size_t i = 0; i < facts->count; i++)
        add_fact(out, facts->items[i].name, facts->items[i].value);
    if (facts->left_out) buffer_format(out, "  and %zu more\n", facts->left_out);
}

static void add_made_by(struct buffer *out, const struct results *results)
{
    struct facts facts = {0};
    struct err err;
    size_t dropped = 0;

    for (size_t i = 0; i < results->count; i++) dropped += results->items[i].dropped;
    plain_words(out, text_of(results->path), 60);
    buffer_format(out, ": %zu records, of which %zu could not be scored\n", results->count,
                  dropped);
    if (results->made_by.kind == KIND_OBJECT &&
        facts_flatten(&facts, results->path,
                      (struct text){results->made_by.at, results->made_by.len}, &err))
        add_facts(out, results->path, "how it was made", &facts);
    facts_release(&facts);
}

void plain_facts(struct buffer *out, const struct dossier *dossier)
{
    size_t facts = 0;

    for (size_t i = 0; i < dossier->run_count; i++)
        facts += dossier->runs[i].options.count + dossier->runs[i].metadata.count;
    if (dossier->result_count) plain_title(out, "Data");
    for (size_t i = 0; i < dossier->result_count; i++) add_made_by(out, &dossier->results[i]);
    if (facts) plain_title(out, "Configuration");
    for (size_t i = 0; i < dossier->run_count; i++) {
        add_facts(out, dossier->runs[i].path, "options", &dossier->runs[i].options);
        add_facts(out, dossier->runs[i].path, "what it says of itself", &dossier->runs[i].metadata);
    }
}
