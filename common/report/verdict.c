#include "page/chart.h"
#include "report/dossier.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* The name of a metric where a sentence begins. */
static void add_first(struct buffer *words, struct text name)
{
    size_t at = words->len;

    buffer_add(words, name.at, name.len);
    if (name.len) words->at[at] = (char)toupper((unsigned char)words->at[at]);
}

static void add_value(struct buffer *words, const struct metric *metric, double value)
{
    chart_value(words, metric->share, value);
}

static void add_from_to(struct buffer *words, const struct change_row *row, const char *verb)
{
    struct text name = metric_words(&row->metric, text_of(row->name));

    buffer_add(words, name.at, name.len);
    buffer_format(words, " %s from ", verb);
    add_value(words, &row->metric, row->before);
    buffer_text(words, " to ");
    add_value(words, &row->metric, row->after);
}

/* (+14.0 points, 95 % interval +4.0 to +24.0, 71 records) */
static void add_interval(struct buffer *words, const struct change_row *row)
{
    buffer_text(words, " (");
    change_words(words, &row->metric, row->difference);
    if (row->metric.share) buffer_text(words, " points");
    if (isfinite(row->low) && isfinite(row->high)) {
        buffer_text(words, ", 95\xc2\xa0% interval ");
        change_words(words, &row->metric, row->low);
        buffer_text(words, " to ");
        change_words(words, &row->metric, row->high);
    }
    if (row->n) buffer_format(words, ", %zu records", row->n);
    buffer_byte(words, ')');
}

static void add_detectable(struct buffer *words, const struct change_row *row)
{
    if (!isfinite(row->detectable) || row->n == 0) return;
    buffer_format(words, " %zu records can show a change of ", row->n);
    if (row->metric.share)
        buffer_format(words, "%.1f points", 100 * row->detectable);
    else
        ticks_number(words, row->detectable);
    buffer_text(words, " or more.");
}

/* What became worse for sure, beside the metric that the verdict is about. */
static bool add_losses(struct buffer *words, const struct change *change,
                       const struct change_row *primary)
{
    bool any = false;

    for (size_t i = 0; i < change->count; i++) {
        const struct change_row *row = &change->rows[i];

        if (row == primary || change_sign(row) != CHANGE_WORSE) continue;
        buffer_text(words, any ? ", and " : " But ");
        add_from_to(words, row, "went");
        any = true;
    }
    if (any) buffer_byte(words, '.');
    return any;
}

static enum dossier_tone of_change(const struct change *change, struct buffer *words)
{
    static const char *const answers[] = {"Not shown: ", "Yes: ", "No: "};
    const struct change_row *row = change_primary(change);
    enum change_sign sign;
    bool lost;

    if (!row) return buffer_text(words, "There is nothing to compare."), TONE_EVEN;
    sign = change_sign(row);
    buffer_text(words, answers[sign]);
    add_from_to(words, row, row->difference > 0 ? "rose" : row->difference < 0 ? "fell" : "stayed");
    add_interval(words, row);
    buffer_text(words, sign == CHANGE_OPEN ? ", which may be chance." : ".");
    if (sign == CHANGE_OPEN) add_detectable(words, row);
    lost = add_losses(words, change, row);
    if (sign == CHANGE_WORSE) return TONE_BAD;
    return sign == CHANGE_BETTER && !lost ? TONE_GOOD : TONE_EVEN;
}

static enum dossier_tone of_results(const struct results *results, const struct change *change,
                                    struct buffer *words)
{
    const struct change_row *row = change_primary(change);

    if (row && isfinite(row->before)) return of_change(change, words);
    if (row) {
        add_first(words, metric_words(&row->metric, text_of(row->name)));
        buffer_text(words, " is ");
        add_value(words, &row->metric, row->after);
        buffer_format(words, ", of %zu records.", results->count);
    } else {
        buffer_format(words, "%zu records were tested.", results->count);
    }
    return TONE_EVEN;
}

/* The first value, and that of the result. */
static bool ends(const struct run_folder *run, const char *name, double *first, double *last)
{
    const struct run_log *log = &run->log;
    double result = run_folder_result(run);
    const struct run_series *series = run_log_series(log, name);
    bool any = false;

    for (size_t i = 0; series && i < series->count; i++) {
        if (!isfinite(series->y[i]) || (any && series->x[i] > result)) continue;
        if (!any) *first = series->y[i];
        *last = series->y[i];
        any = true;
    }
    return any;
}

static void add_limit(struct buffer *words, const struct run_folder *run, double kl)
{
    double limit = run_folder_limit(run);

    buffer_text(words, " KL is ");
    ticks_number(words, kl);
    if (isfinite(limit)) {
        buffer_format(words, ", %s the limit of ", kl > limit ? "over" : "within");
        ticks_number(words, limit);
    }
    buffer_byte(words, '.');
}

static enum dossier_tone of_run(const struct run_folder *run, struct buffer *words)
{
    const struct run_log *log = &run->log;
    double first = 0, last = 0;

    if (!isfinite(log->last_step)) return buffer_text(words, "Nothing is logged yet."), TONE_EVEN;
    buffer_format(words, "%s%.0f steps",
                  run_folder_finished(run) ? "Trained for " : "Not finished: ", log->last_step);
    if (ends(run, "eval_rewards/accuracies", &first, &last)) {
        buffer_text(words, "; accuracy in evaluation went from ");
        chart_value(words, true, first);
        buffer_text(words, " to ");
        chart_value(words, true, last);
    }
    if (ends(run, "eval_loss", &first, &last) || ends(run, "loss", &first, &last)) {
        buffer_text(words, "; the loss went from ");
        ticks_number(words, first);
        buffer_text(words, " to ");
        ticks_number(words, last);
    }
    buffer_byte(words, '.');
    if (run_folder_result(run) < log->last_step)
        buffer_format(words, " The result is that of step %.0f.", run_folder_result(run));
    if (ends(run, "eval_kl", &first, &last)) add_limit(words, run, last);
    return TONE_EVEN;
}

static enum dossier_tone of_runs(const struct dossier *dossier, struct buffer *words)
{
    const char *name = "eval_loss";
    const struct run_folder *best = NULL;
    double least = INFINITY, first = 0, last = 0;

    for (int pass = 0; pass < 2 && !best; pass++, name = "loss")
        for (size_t i = 0; i < dossier->run_count; i++) {
            if (!ends(&dossier->runs[i], name, &first, &last) || !(last < least)) continue;
            least = last;
            best = &dossier->runs[i];
        }
    buffer_format(words, "%zu runs", dossier->run_count);
    if (best) {
        buffer_format(words, "; '%s' ends with the lowest loss, ", best->name);
        ticks_number(words, least);
    }
    buffer_byte(words, '.');
    return TONE_EVEN;
}

static enum dossier_tone of_trend(const struct trend *trend, struct buffer *words)
{
    const struct trend_line *line = NULL;
    size_t best = SIZE_MAX;
    struct metric metric;
    double last;

    for (size_t i = 0; i < trend->line_count; i++) {
        size_t rank = metric_rank(text_of(trend->lines[i].figure));

        if (rank > best || (line && rank == best && trend->lines[i].count <= line->count)) continue;
        best = rank;
        line = &trend->lines[i];
    }
    if (!line) return buffer_format(words, "%zu runs.", trend->count), TONE_EVEN;
    metric = metric_of(text_of(line->figure));
    last = line->y[line->count - 1];
    add_first(words, metric_words(&metric, text_of(line->figure)));
    buffer_text(words, " is ");
    add_value(words, &metric, last);
    if (line->count > 1) {
        buffer_text(words, ", ");
        change_words(words, &metric, last - line->y[line->count - 2]);
        buffer_format(words, "%s since the time before; %zu times in all.",
                      metric.share ? " points" : "", line->count);
    } else {
        buffer_text(words, ", the first time.");
    }
    return TONE_EVEN;
}

enum dossier_tone dossier_verdict(const struct dossier *dossier, struct buffer *words)
{
    if (dossier->result_count > 1)
        return of_change(&dossier->changes[dossier->change_count - 1], words);
    if (dossier->result_count == 1)
        return of_results(&dossier->results[0], &dossier->changes[0], words);
    if (dossier->run_count == 1) return of_run(&dossier->runs[0], words);
    if (dossier->run_count) return of_runs(dossier, words);
    return of_trend(&dossier->trends[0], words);
}
