#include "page/html.h"
#include "report/command.h"
#include "report/plain_parts.h"
#include "report/showcase.h"

#include <math.h>
#include <string.h>

#define EVENTS ((size_t)20)
#define SAMPLES ((size_t)4)

static void add_row(struct buffer *out, const struct change_row *row, bool compared)
{
    struct buffer words = {0};

    plain_left(out, metric_words(&row->metric, text_of(row->name)), 28);
    if (compared) plain_value(out, row->metric.share, row->before, 9);
    plain_value(out, row->metric.share, row->after, 9);
    if (compared) {
        change_words(&words, &row->metric, row->difference);
        plain_right(out, &words, 9);
        words.len = 0;
        if (isfinite(row->low) && isfinite(row->high)) {
            change_words(&words, &row->metric, row->low);
            buffer_text(&words, " to ");
            change_words(&words, &row->metric, row->high);
        }
        if (words.len) plain_right(out, &words, 18);
        if (row->p < 0.001)
            buffer_text(out, " <0.001");
        else if (isfinite(row->p))
            buffer_format(out, " %6.3f", row->p);
    }
    buffer_byte(out, '\n');
    buffer_release(&words);
}

void plain_changes(struct buffer *out, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->change_count; i++) {
        const struct change *change = &dossier->changes[i];
        bool compared = change->before != NULL;

        plain_title(out, compared ? "Before and after" : "Metrics");
        if (compared) {
            plain_words(out, text_of(change->before), 38);
            buffer_text(out, " -> ");
            plain_words(out, text_of(change->after), 38);
            buffer_format(out, "\n%28s%9s%9s%9s%18s %6s\n", "", "before", "after", "diff.",
                          "95 % interval", "p");
        }
        for (size_t k = 0; k < change->count; k++)
            if (!compared || !change->rows[k].metric.count)
                add_row(out, &change->rows[k], compared);
        if (change->unmatched)
            buffer_format(out, "%zu records are in one of the two files only, and left out.\n",
                          change->unmatched);
        plain_groups(out, change);
    }
}

static void add_events(struct buffer *out, const struct run_log *log)
{
    for (size_t i = 0; i < log->event_count && i < EVENTS; i++) {
        const struct run_event *event = &log->events[i];
        const char *words = event->words ? event->words : event->name;

        plain_wrap(out, html_cut(text_of(words), 400), "  ");
    }
    if (log->events_logged > EVENTS)
        buffer_format(out, "  and %zu more\n", log->events_logged - EVENTS);
}

static void add_notes(struct buffer *out, const struct run_log *log)
{
    for (size_t i = 0; i < log->note_count; i++) plain_cut(out, text_of(log->notes[i]), 400, "  ");
    if (log->left_out > log->note_count)
        buffer_format(out, "  and %zu more of this kind\n", log->left_out - log->note_count);
    if (log->cut_off) buffer_text(out, "  the last line of the log is cut off\n");
}

void plain_runs(struct buffer *out, const struct dossier *dossier)
{
    if (dossier->run_count == 0) return;
    plain_title(out, dossier->run_count == 1 ? "The run" : "The runs");
    for (size_t i = 0; i < dossier->run_count; i++) {
        const struct run_folder *run = &dossier->runs[i];

        plain_words(out, text_of(run->path), 50);
        buffer_text(out, ": ");
        run_folder_state(run, out);
        if (isfinite(run->log.last_step) && !run_folder_stopped(run))
            buffer_format(out, ", step %.0f", run->log.last_step);
        buffer_byte(out, '\n');
        add_events(out, &run->log);
        add_notes(out, &run->log);
    }
}

static void add_answer(struct buffer *out, const char *side, struct text text)
{
    if (!text.at) return;
    buffer_format(out, "  %s:\n", side);
    plain_cut(out, text, 600, "    ");
}

void plain_samples(struct buffer *out, const struct dossier *dossier)
{
    struct showcase samples;

    showcase_find(&samples, dossier);
    if (samples.count) plain_title(out, "Side by side");
    if (samples.count) buffer_format(out, "%zu answers, %s.\n\n", samples.of, samples.order);
    for (size_t i = 0; i < samples.count && i < SAMPLES; i++) {
        const struct sample *sample = &samples.items[i];

        if (i) buffer_byte(out, '\n');
        plain_cut(out, sample->prompt, 600, "");
        add_answer(out, samples.before, sample->before);
        add_answer(out, samples.after, sample->after);
    }
    if (samples.of > SAMPLES)
        buffer_format(out, "\n%zu more are not shown.\n", samples.of - SAMPLES);
    showcase_release(&samples);
}

/* With its newlines, which are within quotes. */
static void add_lines(struct buffer *out, struct text command)
{
    while (command.len) {
        const char *end = memchr(command.at, '\n', command.len);
        const size_t len = end ? (size_t)(end - command.at) : command.len;

        plain_words(out, (struct text){command.at, len}, 0);
        buffer_byte(out, '\n');
        command.at += len + (end != NULL);
        command.len -= len + (end != NULL);
    }
}

void plain_commands(struct buffer *out, const struct dossier *dossier)
{
    struct buffer words = {0};
    bool any = false, data = false;

    for (size_t i = 0; i < dossier->run_count; i++) {
        struct buffer command = {0};

        if (command_of_run(&dossier->runs[i], &command)) {
            if (!any) plain_title(out, "How to do it again");
            any = true;
            data = data || !command_names_data(&dossier->runs[i]);
            add_lines(out, buffer_content(&command));
        }
        buffer_release(&command);
    }
    if (!any) return;
    command_explain(&words, data);
    plain_wrap(out, buffer_content(&words), "");
    buffer_release(&words);
}
