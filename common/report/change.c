#include "report/change.h"

#include "page/ticks.h"
#include "records/value.h"
#include "results/goal.h"
#include "statistics/detect.h"
#include "statistics/holm.h"
#include "statistics/paired.h"

#include <math.h>
#include <string.h>

#define SEED 42
#define ROWS ((size_t)200)

static char *copy(struct text text)
{
    char *word = mem_alloc(text.len + 1);

    if (text.len) memcpy(word, text.at, text.len);
    word[text.len] = '\0';
    return word;
}

static struct change_row *add_row(struct change *change, struct text name)
{
    change->rows = mem_room(change->rows, change->count, &change->room, sizeof *change->rows);
    change->rows[change->count] = (struct change_row){.name = copy(name),
                                                      .metric = metric_of(name),
                                                      .before = NAN,
                                                      .after = NAN,
                                                      .difference = NAN,
                                                      .low = NAN,
                                                      .high = NAN,
                                                      .p = NAN,
                                                      .p_alone = NAN,
                                                      .detectable = NAN};
    return &change->rows[change->count++];
}

/* The values of before's records, in the order of after's; NaN where it has none. */
static double *matched(const struct results *after, const struct results_scores *scores,
                       const size_t *partner)
{
    double *values = mem_alloc(mem_product(after->count + 1, sizeof *values));

    for (size_t i = 0; i < after->count; i++)
        values[i] = partner[i] == SIZE_MAX ? NAN : scores->values[partner[i]];
    return values;
}

static void compare_scores(struct change *change, const struct results *before,
                           const struct results *after, const struct results_scores *scores,
                           const size_t *partner)
{
    const struct results_scores *old = results_scores_named(before, scores->name);
    struct change_row *row;
    struct paired paired;
    double *values;

    if (!old || change->count == ROWS) return;
    values = matched(after, old, partner);
    paired_compare(&paired, values, scores->values, after->count, SEED);
    mem_free(values);
    if (paired.n == 0) return;
    row = add_row(change, scores->name);
    row->n = paired.n;
    row->before = paired.baseline;
    row->after = paired.now;
    row->difference = paired.difference;
    row->low = paired.low;
    row->high = paired.high;
    row->p_alone = paired.binary ? paired.p_mcnemar : paired.p_t;
    row->higher = paired.higher;
    row->lower = paired.lower;
    row->detectable = detect_paired(&paired, goal_is_less(scores->name));
}

static bool has_row(const struct change *change, struct text name)
{
    for (size_t i = 0; i < change->count; i++)
        if (text_is(name, change->rows[i].name)) return true;
    return false;
}

/* Metrics that are no means of records: perplexity. */
static void add_other_metrics(struct change *change, const struct results *before,
                              const struct results *after)
{
    for (size_t i = 0; i < after->metric_count && change->count < ROWS; i++) {
        const struct results_metric *metric = &after->metrics[i];
        struct change_row *row;

        if (has_row(change, metric->name)) continue;
        row = add_row(change, metric->name);
        row->after = metric->value;
        if (before) row->before = results_metric(before, metric->name);
        row->difference = row->after - row->before;
    }
}

static void correct(struct change *change)
{
    double *p = mem_alloc(mem_product(2 * change->count + 1, sizeof *p));

    for (size_t i = 0; i < change->count; i++) p[i] = change->rows[i].p_alone;
    holm_correct(p, p + change->count, change->count);
    for (size_t i = 0; i < change->count; i++)
        if (isnan(change->rows[i].p)) change->rows[i].p = p[change->count + i];
    mem_free(p);
}

/* Stable: metrics that a verdict asks for come first, counts last. */
static void sort_rows(struct change *change)
{
    for (size_t i = 1; i < change->count; i++) {
        struct change_row row = change->rows[i];
        size_t rank = row.metric.count ? SIZE_MAX : metric_rank(text_of(row.name)) / 2, at = i;

        for (; at > 0; at--) {
            const struct change_row *other = &change->rows[at - 1];

            if ((other->metric.count ? SIZE_MAX : metric_rank(text_of(other->name)) / 2) <= rank)
                break;
            change->rows[at] = *other;
        }
        change->rows[at] = row;
    }
}

static struct change_group *find_group(struct change *change, struct text group, struct text word)
{
    for (size_t i = 0; i < change->group_count; i++)
        if (text_is(group, change->groups[i].group) && text_is(word, change->groups[i].word))
            return &change->groups[i];
    if (change->group_count == 60) return NULL;
    change->groups =
        mem_room(change->groups, change->group_count, &change->group_room, sizeof *change->groups);
    change->groups[change->group_count] = (struct change_group){copy(group), copy(word), 0, 0, 0};
    return &change->groups[change->group_count++];
}

static void add_to_group(struct change *change, const struct results_groups *groups, size_t item,
                         double before, double after)
{
    struct change_group *group;

    if (!groups->values[item].at || isnan(after)) return;
    group = find_group(change, groups->name, groups->values[item]);
    if (!group) {
        change->ungrouped++;
        return;
    }
    group->n++;
    group->before += (before - group->before) / (double)group->n;
    group->after += (after - group->after) / (double)group->n;
}

/* By category and the like; a group of one word says nothing. */
static void find_groups(struct change *change, const struct results *before,
                        const struct results *after, const size_t *partner)
{
    const struct change_row *row = change_primary(change);
    const struct results_scores *now, *old = NULL;

    now = row ? results_scores_named(after, text_of(row->name)) : NULL;
    if (before && now) old = results_scores_named(before, now->name);
    if (!now || (before && !old)) return;
    for (size_t g = 0; g < after->group_count; g++)
        for (size_t i = 0; i < after->count; i++) {
            double value = NAN;

            if (before && partner[i] == SIZE_MAX) continue;
            if (before) value = old->values[partner[i]];
            if (before && isnan(value)) continue;
            add_to_group(change, &after->groups[g], i, value, now->values[i]);
        }
}

bool change_find(struct change *change, const struct results *before, const struct results *after,
                 struct err *err)
{
    size_t *partner = mem_alloc(mem_product(after->count + 1, sizeof *partner)), common = 0;

    *change =
        (struct change){.before = mem_copy_text(before->path), .after = mem_copy_text(after->path)};
    for (size_t i = 0; i < after->count; i++) {
        partner[i] = SIZE_MAX;
        if (!results_find(before, after->items[i].key, &partner[i])) continue;
        if (memcmp(&before->items[partner[i]].prompt, &after->items[i].prompt,
                   sizeof after->items[i].prompt) != 0)
            partner[i] = SIZE_MAX;
        else
            common++;
    }
    change->unmatched = after->count - common + before->count - common;
    if (common == 0) {
        mem_free(partner);
        change_release(change);
        return err_set(err, "%s: no record of it is in %s: the results of another test set",
                       after->path, before->path);
    }
    for (size_t i = 0; i < after->score_count; i++)
        compare_scores(change, before, after, &after->scores[i], partner);
    add_other_metrics(change, before, after);
    correct(change);
    sort_rows(change);
    find_groups(change, before, after, partner);
    mem_free(partner);
    return true;
}

static double number_in(const struct scan *scan, const char *key)
{
    const struct member *member = scan_member(scan, key);
    double number;

    return member && value_number(&member->value, &number) ? number : NAN;
}

static size_t whole_in(const struct scan *scan, const char *key)
{
    double number = number_in(scan, key);

    return number >= 0 && number < 1e15 ? (size_t)number : 0;
}

static void add_compared(struct change *change, const struct member *member, struct scan *scan,
                         struct buffer *scratch)
{
    struct change_row *row;

    if (change->count == ROWS || !scan_json(scan, member->value.at, member->value.len) ||
        scan->root.kind != KIND_OBJECT)
        return;
    scratch->len = 0;
    row = add_row(change, value_text(&member->key, scratch));
    row->n = whole_in(scan, "n");
    row->before = number_in(scan, "baseline");
    row->after = number_in(scan, "now");
    row->difference = number_in(scan, "difference");
    row->low = number_in(scan, "low");
    row->high = number_in(scan, "high");
    row->p_alone = number_in(scan, "p");
    row->p = number_in(scan, "p_holm");
    row->detectable = number_in(scan, "detectable");
    row->higher = whole_in(scan, "better");
    row->lower = whole_in(scan, "worse");
}

/* {"baseline":"base.jsonl","metrics":{"answer_accuracy":{"n":71,"baseline":0.6,...},...}} */
static void read_comparison(struct change *change, const struct value *comparison)
{
    struct scan scan = {0}, metrics = {0}, inner = {0};
    struct buffer scratch = {0};
    const struct member *member;

    if (comparison->kind == KIND_OBJECT && scan_json(&scan, comparison->at, comparison->len)) {
        member = scan_member(&scan, "baseline");
        if (member && member->value.kind == KIND_STRING)
            change->before = copy(value_text(&member->value, &scratch));
        member = scan_member(&scan, "metrics");
        if (member && member->value.kind == KIND_OBJECT &&
            scan_json(&metrics, member->value.at, member->value.len))
            for (size_t i = 0; i < metrics.count; i++)
                add_compared(change, &metrics.members[i], &inner, &scratch);
    }
    buffer_release(&scratch);
    scan_release(&scan);
    scan_release(&metrics);
    scan_release(&inner);
}

void change_of_one(struct change *change, const struct results *results)
{
    *change = (struct change){.after = mem_copy_text(results->path)};
    read_comparison(change, &results->comparison);
    add_other_metrics(change, NULL, results);
    correct(change);
    sort_rows(change);
    find_groups(change, NULL, results, NULL);
}

enum change_sign change_sign(const struct change_row *row)
{
    bool rose = row->low > 0, fell = row->high < 0;

    if (!(row->p < 0.05) || !(rose || fell) || row->metric.better == METRIC_NEITHER)
        return CHANGE_OPEN;
    return rose == (row->metric.better == METRIC_HIGHER) ? CHANGE_BETTER : CHANGE_WORSE;
}

const struct change_row *change_primary(const struct change *change)
{
    const struct change_row *found = NULL;
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < change->count; i++) {
        const struct change_row *row = &change->rows[i];
        size_t rank = metric_rank(text_of(row->name));

        if (rank >= best || isnan(row->after)) continue;
        if (found && found->n > 0 && row->n == 0) continue;
        found = row;
        best = rank;
    }
    return found;
}

void change_words(struct buffer *words, const struct metric *metric, double difference)
{
    if (!isfinite(difference)) {
        buffer_byte(words, '-');
        return;
    }
    if (difference > 0) buffer_byte(words, '+');
    if (metric->share)
        buffer_format(words, "%.1f", 100 * difference);
    else if (fabs(difference) < 1000)
        buffer_format(words, "%.3g", difference);
    else
        ticks_number(words, difference);
}

void change_release(struct change *change)
{
    for (size_t i = 0; i < change->count; i++) mem_free(change->rows[i].name);
    for (size_t i = 0; i < change->group_count; i++) {
        mem_free(change->groups[i].group);
        mem_free(change->groups[i].word);
    }
    mem_free(change->rows);
    mem_free(change->groups);
    mem_free(change->before);
    mem_free(change->after);
    *change = (struct change){0};
}
