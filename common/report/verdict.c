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
    if (row->difference != 0) {
        buffer_format(words, " %s from ", verb);
        add_value(words, &row->metric, row->before);
    }
    buffer_text(words, row->difference != 0 ? " to " : " stayed at ");
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

/* What else became worse for sure, or better, beside the metric that the verdict is about. */
static bool add_others(struct buffer *words, const struct change *change,
                       const struct change_row *primary, enum change_sign sign)
{
    bool any = false;

    for (size_t i = 0; i < change->count; i++) {
        const struct change_row *row = &change->rows[i];

        if (row == primary || change_sign(row) != sign) continue;
        buffer_text(words, any ? ", and " : sign == CHANGE_WORSE ? " But " : " Yet ");
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
    add_from_to(words, row, row->difference > 0 ? "rose" : "fell");
    add_interval(words, row);
    buffer_text(words,
                sign == CHANGE_OPEN && row->difference != 0 ? ", which may be chance." : ".");
    if (sign == CHANGE_OPEN) add_detectable(words, row);
    lost = add_others(words, change, row, CHANGE_WORSE);
    if (sign == CHANGE_OPEN && !lost) add_others(words, change, row, CHANGE_BETTER);
    if (sign == CHANGE_WORSE) return TONE_BAD;
    return sign == CHANGE_BETTER && !lost ? TONE_GOOD : TONE_EVEN;
}

/* All of them, where records have no scores of that name. */
static size_t count_scored(const struct results *results, const char *name)
{
    const struct results_scores *scores = results_scores_named(results, text_of(name));
    size_t count = 0;

    for (size_t i = 0; i < results->count; i++) count += !scores || isfinite(scores->values[i]);
    return count;
}

static enum dossier_tone of_results(const struct results *results, const struct change *change,
                                    struct buffer *words)
{
    const struct change_row *row = change_primary(change);
    size_t scored;

    if (row && isfinite(row->before)) return of_change(change, words);
    if (row) {
        add_first(words, metric_words(&row->metric, text_of(row->name)));
        buffer_text(words, " is ");
        add_value(words, &row->metric, row->after);
        scored = count_scored(results, row->name);
        buffer_text(words, ", of ");
        if (scored < results->count) buffer_format(words, "%zu of ", scored);
        buffer_format(words, "%zu records.", results->count);
    } else {
        buffer_format(words, "%zu records were tested.", results->count);
    }
    return TONE_EVEN;
}

/* The first value, that of the result, and the step from which on there is none; NaN. */
struct span {
    double first, last, lost;
};

static bool find_span(struct span *span, const struct run_folder *run, const char *name)
{
    double result = run_folder_result(run);
    const struct run_series *series = run_log_series(&run->log, name);

    *span = (struct span){NAN, NAN, NAN};
    for (size_t i = 0; series && i < series->count; i++) {
        bool known = isfinite(series->y[i]);

        if (known)
            span->lost = NAN;
        else if (isnan(span->lost))
            span->lost = series->x[i];
        if (!known || (isfinite(span->first) && series->x[i] > result)) continue;
        if (isnan(span->first)) span->first = series->y[i];
        span->last = series->y[i];
    }
    return series && series->count > 0;
}

static void add_lost(struct buffer *words, double step)
{
    buffer_format(words, " is no number since step %.0f", step);
}

/* '; the loss went from 0.69 to 0.5, and is no number since step 30'. Tells whether it is lost. */
static bool add_span(struct buffer *words, const struct span *span, const char *what, bool share)
{
    bool lost = isfinite(span->lost);

    buffer_format(words, "; %s", what);
    if (isfinite(span->first)) {
        buffer_text(words, " went from ");
        chart_value(words, share, span->first);
        buffer_text(words, " to ");
        chart_value(words, share, span->last);
        if (lost) buffer_text(words, ", and");
    }
    if (lost) add_lost(words, span->lost);
    return lost;
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

static bool add_losses_of(struct buffer *words, const struct run_folder *run)
{
    struct span span;
    bool lost = false;

    if (find_span(&span, run, "eval_rewards/accuracies"))
        lost = add_span(words, &span, "accuracy in evaluation", true);
    if (find_span(&span, run, "eval_loss")) {
        if (add_span(words, &span, "the loss", false)) return true;
        if (!find_span(&span, run, "loss") || isnan(span.lost)) return lost;
        span.first = NAN;
        return add_span(words, &span, "the loss in training", false);
    }
    return find_span(&span, run, "loss") ? add_span(words, &span, "the loss", false) || lost : lost;
}

/* Of a run of ours: no state was within its limit, or it was killed when it wrote its last. */
static bool has_no_result(const struct run_folder *run)
{
    const bool over = run_folder_stopped(run) || (run->has_options && run_folder_finished(run));

    return over && !run->has_metadata;
}

/* How far it came. */
static void add_course(struct buffer *words, const struct run_folder *run)
{
    struct buffer state = {0};

    if (run_folder_stopped(run)) {
        run_folder_state(run, &state);
        add_first(words, buffer_content(&state));
        buffer_release(&state);
        return;
    }
    buffer_text(words, run_folder_finished(run) ? "Trained for " : "Not finished: ");
    buffer_format(words, "%.0f steps", run->log.last_step);
}

static enum dossier_tone of_run(const struct run_folder *run, struct buffer *words)
{
    const struct run_log *log = &run->log;
    struct span kl;
    bool lost, nothing;

    if (!isfinite(log->last_step)) return buffer_text(words, "Nothing is logged yet."), TONE_EVEN;
    nothing = has_no_result(run);
    add_course(words, run);
    lost = add_losses_of(words, run);
    buffer_byte(words, '.');
    if (nothing)
        buffer_text(words, " It left no result.");
    else if (run_folder_result(run) < log->last_step)
        buffer_format(words, " The result is that of step %.0f.", run_folder_result(run));
    lost = lost || nothing || run_folder_stopped(run); /* no success, then */
    if (!find_span(&kl, run, "eval_kl")) return lost ? TONE_BAD : TONE_EVEN;
    if (isfinite(kl.last)) add_limit(words, run, kl.last);
    if (isnan(kl.lost)) return lost ? TONE_BAD : TONE_EVEN;
    buffer_text(words, " KL");
    add_lost(words, kl.lost);
    buffer_byte(words, '.');
    return TONE_BAD;
}

static bool is_lost(const struct run_folder *run, const char *name)
{
    struct span span;

    return find_span(&span, run, name) && isfinite(span.lost);
}

/* The run with the lowest number at its end. */
static const struct run_folder *find_best(const struct dossier *dossier, const char *name,
                                          double *least)
{
    const struct run_folder *best = NULL;
    struct span span;

    *least = INFINITY;
    for (size_t i = 0; i < dossier->run_count; i++) {
        const struct run_folder *run = &dossier->runs[i];

        if (!find_span(&span, run, name) || isfinite(span.lost) || !(span.last < *least)) continue;
        *least = span.last;
        best = run;
    }
    return best;
}

static enum dossier_tone of_runs(const struct dossier *dossier, struct buffer *words)
{
    double least;
    const struct run_folder *best = find_best(dossier, "eval_loss", &least);
    size_t lost = 0, stopped = 0;

    if (!best) best = find_best(dossier, "loss", &least);
    for (size_t i = 0; i < dossier->run_count; i++) {
        lost += is_lost(&dossier->runs[i], "eval_loss") || is_lost(&dossier->runs[i], "loss");
        stopped += run_folder_stopped(&dossier->runs[i]);
    }
    buffer_format(words, "%zu runs", dossier->run_count);
    if (best) {
        buffer_format(words, "; '%s' ends with the lowest loss, ", best->name);
        ticks_number(words, least);
    }
    if (stopped) buffer_format(words, "; the KL limit stopped %zu", stopped);
    if (lost) buffer_format(words, "; the loss of %zu is no number at the end", lost);
    buffer_byte(words, '.');
    return TONE_EVEN;
}

static void add_before(struct buffer *words, const struct metric *metric, double before,
                       double last, size_t times)
{
    if (!isfinite(before)) {
        buffer_text(words, isfinite(last) ? ", and was no number the time before"
                                          : ", nor the time before");
    } else if (isfinite(last)) {
        buffer_text(words, ", ");
        change_words(words, metric, last - before);
        buffer_format(words, "%s since the time before", metric->share ? " points" : "");
    } else {
        buffer_text(words, ", and ");
        add_value(words, metric, before);
        buffer_text(words, " the time before");
    }
    buffer_format(words, "; %zu times in all.", times);
}

static bool goes_on_longer(const struct trend_line *line, const struct trend_line *than)
{
    return line->kind == than->kind && line->x[line->count - 1] > than->x[than->count - 1];
}

static enum dossier_tone of_trend(const struct trend *trend, struct buffer *words)
{
    const struct trend_line *line = NULL;
    size_t best = SIZE_MAX;
    struct metric metric;
    double last;

    for (size_t i = 0; i < trend->line_count; i++) {
        const struct trend_line *other = &trend->lines[i];
        size_t rank = metric_rank(text_of(other->figure));

        if (rank > best || (line && rank == best && !goes_on_longer(other, line))) continue;
        best = rank;
        line = other;
    }
    if (!line) return buffer_format(words, "%zu runs.", trend->count), TONE_EVEN;
    metric = metric_of(text_of(line->figure));
    last = line->y[line->count - 1];
    add_first(words, metric_words(&metric, text_of(line->figure)));
    if (isfinite(last)) {
        buffer_text(words, " is ");
        add_value(words, &metric, last);
    } else {
        buffer_text(words, " was no number the last time");
    }
    if (line->count > 1)
        add_before(words, &metric, line->y[line->count - 2], last, line->count);
    else
        buffer_text(words, isfinite(last) ? ", the first time." : ".");
    return isfinite(last) ? TONE_EVEN : TONE_BAD;
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
