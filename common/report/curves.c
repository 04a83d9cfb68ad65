#include "report/curves.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct curves_row {
    const char *title, *note;
    const char *train, *eval; /* names in the log; NULL: there is none */
    const char *other;        /* of the same kind as train, in the same picture of one run */
    const char *names[3];     /* what train, eval and other are called there */
    bool log, share, limit, minor;
};

static const struct curves_row table[] = {
    {"Loss",
     "What is trained down. Standard DPO begins at 0.693.",
     "loss",
     "eval_loss",
     NULL,
     {"training", "evaluation", NULL},
     true,
     false,
     false,
     false},
    {"Reward margin",
     "How much more the chosen answer gained than the rejected one.",
     "rewards/margins",
     "eval_rewards/margins",
     NULL,
     {"training", "evaluation", NULL},
     false,
     false,
     false,
     false},
    {"Accuracy",
     "Pairs whose chosen answer has the larger reward.",
     "rewards/accuracies",
     "eval_rewards/accuracies",
     NULL,
     {"training", "evaluation", NULL},
     false,
     true,
     false,
     false},
    {"KL divergence",
     "How far the model has gone from its reference, in nats per token.",
     "kl_estimate",
     "eval_kl",
     NULL,
     {"estimate in training", "evaluation", NULL},
     false,
     false,
     true,
     false},
    {"Rewards",
     "The chosen answer should not fall far below 0.",
     "rewards/chosen",
     NULL,
     "rewards/rejected",
     {"chosen", NULL, "rejected"},
     false,
     false,
     false,
     false},
    {"Token accuracy",
     "Tokens of the chosen answers that are the most likely ones.",
     "mean_token_accuracy",
     "eval_mean_token_accuracy",
     NULL,
     {"training", "evaluation", NULL},
     false,
     true,
     false,
     true},
    {"Learning rate",
     "Of the last update.",
     "learning_rate",
     NULL,
     NULL,
     {"learning rate", NULL, NULL},
     false,
     false,
     false,
     false},
    {"Gradient norm",
     "Before it is clipped; leaps are a sign of trouble.",
     "grad_norm",
     NULL,
     NULL,
     {"gradient norm", NULL, NULL},
     true,
     false,
     false,
     false},
    {"Beta",
     "How strongly the reference holds.",
     "beta",
     NULL,
     NULL,
     {"beta", NULL, NULL},
     false,
     false,
     false,
     false},
    {"Log-probabilities",
     "Summed over an answer's tokens.",
     "logps/chosen",
     NULL,
     "logps/rejected",
     {"chosen", NULL, "rejected"},
     false,
     false,
     false,
     true},
    {"Entropy",
     "Of the next token, in nats.",
     "entropy",
     "eval_entropy",
     NULL,
     {"training", "evaluation", NULL},
     false,
     false,
     false,
     true},
};
#define ROWS (sizeof table / sizeof *table)

void curves_begin(struct curves *curves, const struct dossier *dossier)
{
    *curves = (struct curves){.dossier = dossier};
}

static bool varies(const struct run_series *series)
{
    for (size_t i = 1; i < series->count; i++)
        if (series->y[i] != series->y[0]) return true;
    return false;
}

static void add(struct curves *curves, const struct run_folder *run, const char *key,
                struct text name, size_t colour, bool faint)
{
    const struct run_series *series = key ? run_log_series(&run->log, key) : NULL;
    bool few = key && strncmp(key, "eval_", 5) == 0;

    if (!series || series->count == 0) return;
    if (key && strcmp(key, "beta") == 0 && !varies(series)) return;
    curves->series[curves->chart.count++] =
        (struct chart_series){name, colour, faint, few, series->x, series->y, series->count};
}

static void add_marks(struct curves *curves, const struct run_log *log)
{
    const size_t most = sizeof curves->marks / sizeof *curves->marks;

    curves->chart.marks = curves->marks;
    for (size_t i = 0; i < log->event_count && i < most; i++) {
        curves->marks[i] = (struct chart_mark){log->events[i].step, i + 1};
        curves->chart.mark_count++;
    }
}

static void start_chart(struct curves *curves, const struct curves_row *row)
{
    size_t number = curves->chart.number + 1;

    curves->minor = row->minor;
    curves->chart = (struct chart){.title = text_of(row->title),
                                   .note = text_of(row->note),
                                   .x_name = TEXT("step"),
                                   .share = row->share,
                                   .may_be_log = row->log,
                                   .series = curves->series,
                                   .number = number};
}

/* What was measured in training stands behind what was measured on other records. */
static void fill_one(struct curves *curves, const struct curves_row *row)
{
    const struct run_folder *run = &curves->dossier->runs[0];
    double limit = run_folder_limit(run);
    bool both = row->eval && run_log_series(&run->log, row->eval);

    start_chart(curves, row);
    add(curves, run, row->train, text_of(row->names[0]), 0, both);
    if (row->eval) add(curves, run, row->eval, text_of(row->names[1]), 1, false);
    if (row->other) add(curves, run, row->other, text_of(row->names[2]), 1, false);
    curves->chart.has_limit = row->limit && isfinite(limit);
    curves->chart.limit = limit;
    add_marks(curves, &run->log);
    curves->row++;
}

static void fill_several(struct curves *curves, const struct curves_row *row)
{
    const struct dossier *dossier = curves->dossier;
    bool evaluation = curves->evaluation;

    start_chart(curves, row);
    if (row->eval) {
        snprintf(curves->title, sizeof curves->title, "%s, %s", row->title,
                 evaluation ? "evaluation" : "training");
        curves->chart.title = text_of(curves->title);
    }
    for (size_t i = 0; i < dossier->run_count && i < CURVES_RUNS; i++) {
        const struct run_folder *run = &dossier->runs[i];
        double limit = run_folder_limit(run);

        add(curves, run, evaluation ? row->eval : row->train, text_of(run->name), i, false);
        if (!row->limit || !isfinite(limit)) continue;
        curves->chart.has_limit = true;
        if (!(curves->chart.limit > limit)) curves->chart.limit = limit;
    }
    if (row->eval && !evaluation) {
        curves->evaluation = true;
    } else {
        curves->evaluation = false;
        curves->row++;
    }
}

bool curves_next(struct curves *curves)
{
    while (curves->row < ROWS && curves->dossier->run_count > 0) {
        if (curves->dossier->run_count == 1)
            fill_one(curves, &table[curves->row]);
        else
            fill_several(curves, &table[curves->row]);
        if (curves->chart.count) return true;
    }
    return false;
}

void trend_curves_begin(struct trend_curves *curves, const struct trend *trend, size_t most)
{
    size_t number = curves->chart.number;

    *curves = (struct trend_curves){.trend = trend, .left = most};
    curves->chart.number = number;
}

static bool same_chart(const struct trend_line *a, const struct trend_line *b)
{
    return a->kind == b->kind && strcmp(a->figure, b->figure) == 0;
}

static size_t chart_end(const struct trend *trend, size_t first)
{
    size_t end = first;

    while (end < trend->line_count && same_chart(&trend->lines[first], &trend->lines[end])) end++;
    return end;
}

static double last_day(const struct trend_line *line)
{
    return line->x[line->count - 1];
}

/* Of the lines from first to end those that go on for longest; ascending. */
static size_t choose_lines(const struct trend *trend, size_t first, size_t end, size_t *chosen)
{
    size_t count = 0;

    for (size_t i = first; i < end; i++) {
        size_t out = 0;

        if (count < CHART_COLOURS) {
            chosen[count++] = i;
            continue;
        }
        for (size_t k = 1; k < count; k++)
            if (last_day(&trend->lines[chosen[k]]) < last_day(&trend->lines[chosen[out]])) out = k;
        if (last_day(&trend->lines[chosen[out]]) >= last_day(&trend->lines[i])) continue;
        memmove(chosen + out, chosen + out + 1, (count - out - 1) * sizeof *chosen);
        chosen[count - 1] = i;
    }
    return count;
}

static void note_trend(struct trend_curves *curves)
{
    int len = snprintf(curves->note, sizeof curves->note, "%s",
                       curves->kind == HISTORY_TRAIN ? "In training." : "");

    if (curves->chart.count < curves->models)
        snprintf(curves->note + len, sizeof curves->note - (size_t)len,
                 "%s%zu of %zu models, those that ran last.", len ? " " : "", curves->chart.count,
                 curves->models);
    curves->chart.note = text_of(curves->note);
}

bool trend_curves_next(struct trend_curves *curves)
{
    const struct trend *trend = curves->trend;
    size_t first = curves->line, chosen[CHART_COLOURS], count;
    const char *figure;
    struct metric metric;

    if (first == trend->line_count || curves->left == 0) return false;
    curves->left--;
    figure = trend->lines[first].figure;
    metric = metric_of(text_of(figure));
    curves->kind = trend->lines[first].kind;
    curves->line = chart_end(trend, first);
    curves->models = curves->line - first;
    count = choose_lines(trend, first, curves->line, chosen);
    curves->chart = (struct chart){.title = metric_words(&metric, text_of(figure)),
                                   .x_name = TEXT("day"),
                                   .dates = true,
                                   .share = metric.share,
                                   .series = curves->series,
                                   .count = count,
                                   .number = curves->chart.number + 1};
    for (size_t i = 0; i < count; i++) {
        const struct trend_line *line = &trend->lines[chosen[i]];

        curves->series[i] = (struct chart_series){
            text_of(line->group), i, false, true, line->x, line->y, line->count};
    }
    note_trend(curves);
    return true;
}

void trend_curves_missing(const struct trend *trend, size_t most, struct buffer *words)
{
    size_t charts = 0;

    for (size_t i = 0; i < trend->line_count; i = chart_end(trend, i)) charts++;
    if (charts > most) buffer_format(words, "The first %zu of %zu figures. ", most, charts);
    if (trend->counters) buffer_text(words, "Counters and settings are not shown.");
}
