#include "report/run_log.h"

#include "core/lines.h"
#include "records/value.h"

#include <math.h>
#include <string.h>

#define SERIES ((size_t)256)
#define EVENTS ((size_t)1000)
#define SAMPLES ((size_t)100)
#define NOTES ((size_t)10)

void run_log_init(struct run_log *log)
{
    *log = (struct run_log){.limit = NAN, .last_step = NAN, .stop_step = NAN};
}

void run_log_note(struct run_log *log, const char *words)
{
    log->left_out++;
    if (log->note_count == NOTES) return;
    log->notes = mem_room(log->notes, log->note_count, &log->note_room, sizeof *log->notes);
    log->notes[log->note_count++] = mem_copy_text(words);
}

const struct run_series *run_log_series(const struct run_log *log, const char *name)
{
    for (size_t i = 0; i < log->series_count; i++)
        if (strcmp(log->series[i].name, name) == 0) return &log->series[i];
    return NULL;
}

static void note_full(struct run_log *log, bool *told, const char *words)
{
    if (!*told) run_log_note(log, words);
    *told = true;
}

static char *text_copy(const struct value *string)
{
    struct buffer text = {0};

    value_unescape(string, &text);
    buffer_byte(&text, '\0');
    return text.at;
}

static struct run_series *find_series(struct run_log *log, const struct value *name)
{
    for (size_t i = 0; i < log->series_count; i++)
        if (value_is(name, text_of(log->series[i].name))) return &log->series[i];
    if (log->series_count == SERIES) {
        note_full(log, &log->series_full, "the log has more than 256 names of numbers");
        return NULL;
    }
    log->series = mem_room(log->series, log->series_count, &log->series_room, sizeof *log->series);
    log->series[log->series_count] = (struct run_series){.name = text_copy(name)};
    return &log->series[log->series_count++];
}

/* After a rollback steps are done anew: the later entry counts. */
static void add_point(struct run_series *series, double x, double y)
{
    size_t room = series->room;

    while (series->count && series->x[series->count - 1] >= x) series->count--;
    series->x = mem_room(series->x, series->count, &room, sizeof *series->x);
    series->y = mem_room(series->y, series->count, &series->room, sizeof *series->y);
    series->x[series->count] = x;
    series->y[series->count++] = y;
}

static void add_numbers(struct run_log *log, const struct scan *entry, double step)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct member *member = &entry->members[i];
        struct run_series *series;
        double number = NAN;

        if (value_is(&member->key, TEXT("step"))) continue;
        if (member->value.kind != KIND_NULL && !value_number(&member->value, &number)) continue;
        series = find_series(log, &member->key);
        if (series) add_point(series, step, number);
    }
}

static double number_of(const struct scan *entry, const char *key)
{
    const struct member *member = scan_member(entry, key);
    double number;

    return member && value_number(&member->value, &number) ? number : NAN;
}

/* A string's meaning, or NULL. */
static char *text_member(const struct scan *entry, const char *key)
{
    const struct member *member = scan_member(entry, key);

    return member && member->value.kind == KIND_STRING ? text_copy(&member->value) : NULL;
}

static void add_event(struct run_log *log, const struct scan *entry, double step)
{
    const struct member *event = scan_member(entry, "event");
    double limit = number_of(entry, "limit");

    if (isfinite(limit)) log->limit = limit;
    if (value_is(&event->value, TEXT("stop"))) log->stop_step = step;
    log->events_logged++;
    if (log->event_count == EVENTS) return;
    log->events = mem_room(log->events, log->event_count, &log->event_room, sizeof *log->events);
    log->events[log->event_count++] =
        (struct run_event){text_member(entry, "event"), text_member(entry, "words"), step};
}

static void release_sample(struct run_sample *sample)
{
    mem_free(sample->prompt);
    mem_free(sample->trained);
    mem_free(sample->reference);
}

static void add_sample(struct run_log *log, const struct scan *entry, double step)
{
    struct run_sample sample = {number_of(entry, "sample"), step, text_member(entry, "prompt"),
                                text_member(entry, "trained_model_response"),
                                text_member(entry, "reference_model_response")};
    size_t i = 0;

    while (i < log->sample_count && log->samples[i].number != sample.number) i++;
    if (i == SAMPLES) {
        release_sample(&sample);
        note_full(log, &log->samples_full, "the log has more than 100 samples");
        return;
    }
    if (i < log->sample_count) {
        release_sample(&log->samples[i]);
    } else {
        log->samples =
            mem_room(log->samples, log->sample_count, &log->sample_room, sizeof *log->samples);
        log->sample_count++;
    }
    log->samples[i] = sample;
}

static void note_problem(struct run_log *log, const char *where, const char *problem)
{
    char *words = mem_format("%s: %s: left out", where, problem);

    run_log_note(log, words);
    mem_free(words);
}

void run_log_add(struct run_log *log, const char *where, struct text text)
{
    struct scan entry = {0};
    const struct member *event, *sample;
    double step;

    if (!scan_json(&entry, text.at, text.len) || entry.root.kind != KIND_OBJECT) {
        note_problem(log, where, entry.problem ? entry.problem : "is not an object");
        scan_release(&entry);
        return;
    }
    step = number_of(&entry, "step");
    event = scan_member(&entry, "event");
    sample = scan_member(&entry, "sample");
    if (!isfinite(step)) {
        note_problem(log, where, "has no 'step'");
    } else {
        if (event && event->value.kind == KIND_STRING)
            add_event(log, &entry, step);
        else if (sample && sample->value.kind == KIND_NUMBER)
            add_sample(log, &entry, step);
        else
            add_numbers(log, &entry, step);
        log->last_step = step;
    }
    scan_release(&entry);
}

static void add_line(struct run_log *log, const char *path, const struct line *line)
{
    char *where = mem_format("%s:%llu", path, (unsigned long long)line->number);
    struct text text = {line->at, line->len};
    struct scan scan = {0};

    if (line->problem)
        note_problem(log, where, line->problem);
    else if (line->unfinished && !scan_json(&scan, text.at, text.len))
        log->cut_off = true;
    else
        run_log_add(log, where, text);
    scan_release(&scan);
    mem_free(where);
}

bool run_log_read(struct run_log *log, const char *path, struct err *err)
{
    char *paths[] = {mem_copy_text(path), NULL};
    struct line_block block = {0};
    struct lines lines;
    int got;

    lines_open(&lines, paths);
    while ((got = lines_next(&lines, &block, err)) > 0)
        for (size_t i = 0; i < block.count; i++) add_line(log, path, &block.lines[i]);
    lines_close(&lines);
    line_block_release(&block);
    mem_free(paths[0]);
    return got == 0;
}

void run_log_release(struct run_log *log)
{
    for (size_t i = 0; i < log->series_count; i++) {
        mem_free(log->series[i].name);
        mem_free(log->series[i].x);
        mem_free(log->series[i].y);
    }
    for (size_t i = 0; i < log->event_count; i++) {
        mem_free(log->events[i].name);
        mem_free(log->events[i].words);
    }
    for (size_t i = 0; i < log->sample_count; i++) release_sample(&log->samples[i]);
    for (size_t i = 0; i < log->note_count; i++) mem_free(log->notes[i]);
    mem_free(log->series);
    mem_free(log->events);
    mem_free(log->samples);
    mem_free(log->notes);
    run_log_init(log);
}
