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

void trend_curves_begin(struct trend_curves *curves, const struct trend *trend)
{
    size_t number = curves->chart.number;

    *curves = (struct trend_curves){.trend = trend};
    curves->chart.number = number;
}

bool trend_curves_next(struct trend_curves *curves)
{
    const struct trend *trend = curves->trend;
    const char *figure;
    struct metric metric;

    if (curves->line == trend->line_count) return false;
    figure = trend->lines[curves->line].figure;
    metric = metric_of(text_of(figure));
    curves->chart = (struct chart){.title = metric_words(&metric, text_of(figure)),
                                   .x_name = TEXT("day"),
                                   .note = TEXT(""),
                                   .dates = true,
                                   .share = metric.share,
                                   .series = curves->series,
                                   .number = curves->chart.number + 1};
    for (; curves->line < trend->line_count; curves->line++) {
        const struct trend_line *line = &trend->lines[curves->line];

        if (strcmp(line->figure, figure) != 0) break;
        if (curves->chart.count == CHART_COLOURS) continue;
        curves->series[curves->chart.count] = (struct chart_series){
            text_of(line->group), curves->chart.count, false, true, line->x, line->y, line->count};
        curves->chart.count++;
    }
    return true;
}
