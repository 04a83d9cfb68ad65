#include "report/trend.h"

#include "core/memory.h"
#include "report/metric.h"
#include "run/history_query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One figure of one run. */
struct point {
    enum history_kind kind;
    char *figure, *group, *data; /* data: of an evaluation, its first digits; else NULL */
    double x, y;
    size_t order;  /* of the figure */
    size_t number; /* as they came: so the order is one */
};

struct reading {
    struct trend *trend;
    struct point *points;
    size_t count, room;
};

bool trend_is(const char *path)
{
    char head[16];
    FILE *file = fopen(path, "rb");
    bool is;

    if (!file) return false;
    is = fread(head, 1, sizeof head, file) == sizeof head &&
         memcmp(head, "SQLite format 3", sizeof head) == 0;
    fclose(file);
    return is;
}

static char *copy(const char *text)
{
    return text ? mem_copy_text(text) : NULL;
}

/* '2026-11-21T19:15:03Z' as seconds since 1970. */
static double seconds_of(const char *moment)
{
    struct tm tm = {0};
    const char *end = moment ? strptime(moment, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;

    return end && strcmp(end, "Z") == 0 ? (double)timegm(&tm) : NAN;
}

static bool take(void *context, const struct history_row *row, struct err *err)
{
    struct reading *reading = context;
    struct trend *trend = reading->trend;
    const double started = seconds_of(row->started_at);

    (void)err;
    trend->runs = mem_room(trend->runs, trend->count, &trend->room, sizeof *trend->runs);
    trend->runs[trend->count++] = (struct trend_run){.id = row->id,
                                                     .started = started,
                                                     .minutes = row->seconds / 60,
                                                     .kind = copy(history_kinds[row->kind]),
                                                     .result = copy(history_results[row->result]),
                                                     .place = copy(row->run_dir),
                                                     .model = copy(row->model),
                                                     .adapter = copy(row->adapter)};
    for (size_t i = 0; !isnan(started) && i < row->count; i++) {
        const struct text name = text_of(row->figures[i].name);

        if (metric_of(name).count) {
            trend->counters = true;
            continue;
        }
        reading->points =
            mem_room(reading->points, reading->count, &reading->room, sizeof *reading->points);
        reading->points[reading->count] =
            (struct point){.kind = row->kind,
                           .figure = mem_copy_text(row->figures[i].name),
                           .group = mem_copy_text(row->model ? row->model : ""),
                           .data = row->kind == HISTORY_EVAL
                                       ? mem_format("%.8s", row->data_hash ? row->data_hash : "?")
                                       : NULL,
                           .x = started,
                           .order = metric_order(name),
                           .y = row->figures[i].value,
                           .number = reading->count};
        reading->count++;
    }
    return true;
}

/* Scores on one test set do not compare with those on another: where there are several the group
 * says which. */
static void name_groups(struct reading *reading)
{
    const char *first = NULL;
    bool several = false;

    for (size_t i = 0; i < reading->count; i++) {
        const char *data = reading->points[i].data;

        if (data && !first) first = data;
        several = several || (data && strcmp(data, first) != 0);
    }
    for (size_t i = 0; several && i < reading->count; i++) {
        struct point *point = &reading->points[i];
        char *group = point->group;

        if (!point->data) continue;
        point->group = mem_format("%s on %s", group, point->data);
        mem_free(group);
    }
}

/* What was tested is seen before what was trained. */
static int compare(const void *left, const void *right)
{
    const struct point *a = left, *b = right;
    int order = (a->kind != HISTORY_EVAL) - (b->kind != HISTORY_EVAL);

    if (order == 0) order = (a->kind > b->kind) - (a->kind < b->kind);
    if (order == 0) order = (a->order > b->order) - (a->order < b->order);
    if (order == 0) order = strcmp(a->figure, b->figure);
    if (order == 0) order = strcmp(a->group, b->group);
    if (order == 0) order = (a->x > b->x) - (a->x < b->x);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

static void add_point(struct trend *trend, const struct point *point)
{
    struct trend_line *line = trend->line_count ? &trend->lines[trend->line_count - 1] : NULL;
    size_t room;

    if (!line || line->kind != point->kind || strcmp(line->figure, point->figure) != 0 ||
        strcmp(line->group, point->group) != 0) {
        trend->lines =
            mem_room(trend->lines, trend->line_count, &trend->line_room, sizeof *trend->lines);
        line = &trend->lines[trend->line_count++];
        *line = (struct trend_line){.kind = point->kind,
                                    .figure = mem_copy_text(point->figure),
                                    .group = mem_copy_text(point->group)};
    }
    room = line->room;
    line->x = mem_room(line->x, line->count, &room, sizeof *line->x);
    line->y = mem_room(line->y, line->count, &line->room, sizeof *line->y);
    line->x[line->count] = point->x;
    line->y[line->count++] = point->y;
}

bool trend_open(struct trend *trend, const char *path, struct err *err)
{
    struct reading reading = {.trend = trend};
    bool good;

    *trend = (struct trend){.path = mem_copy_text(path)};
    good = history_rows(path, take, &reading, err);
    name_groups(&reading);
    if (reading.count > 0) qsort(reading.points, reading.count, sizeof *reading.points, compare);
    for (size_t i = 0; i < reading.count; i++) {
        add_point(trend, &reading.points[i]);
        mem_free(reading.points[i].figure);
        mem_free(reading.points[i].group);
        mem_free(reading.points[i].data);
    }
    mem_free(reading.points);
    if (!good) trend_close(trend);
    return good;
}

void trend_close(struct trend *trend)
{
    for (size_t i = 0; i < trend->count; i++) {
        mem_free(trend->runs[i].kind);
        mem_free(trend->runs[i].result);
        mem_free(trend->runs[i].place);
        mem_free(trend->runs[i].model);
        mem_free(trend->runs[i].adapter);
    }
    for (size_t i = 0; i < trend->line_count; i++) {
        mem_free(trend->lines[i].figure);
        mem_free(trend->lines[i].group);
        mem_free(trend->lines[i].x);
        mem_free(trend->lines[i].y);
    }
    mem_free(trend->runs);
    mem_free(trend->lines);
    mem_free(trend->path);
    *trend = (struct trend){0};
}
