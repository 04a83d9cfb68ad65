#include "report/showcase.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct text keep(struct text text)
{
    char *at;

    if (!text.at) return (struct text){0};
    at = mem_alloc(text.len + 1);
    memcpy(at, text.at, text.len);
    at[text.len] = '\0';
    return (struct text){at, text.len};
}

static struct text member(const struct results *results, size_t item, enum results_member which)
{
    struct buffer scratch = {0};
    struct text text = {0};

    if (results->items[item].members[which].kind != KIND_ABSENT)
        text = keep(results_text(results, item, which, &scratch));
    buffer_release(&scratch);
    return text;
}

/* How much a record says: what became worse is seen first, then what became better, then what is
 * wrong on both sides; of records without scores those in their order. */
struct candidate {
    size_t item, partner;
    double before, after;
    int rank;
};

static int rank_of(const struct metric *metric, double before, double after)
{
    bool lower = metric->better == METRIC_LOWER;

    if (isnan(after) || metric->better == METRIC_NEITHER) return 3;
    if (after < before) return lower ? 1 : 0;
    if (after > before) return lower ? 0 : 1;
    return metric->share && (lower ? after > 0.5 : after < 0.5) ? 2 : 3;
}

static int by_rank(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

static double score_of(const struct results *results, const char *metric, size_t item)
{
    const struct results_scores *scores =
        metric ? results_scores_named(results, text_of(metric)) : NULL;

    return scores ? scores->values[item] : NAN;
}

static size_t find_candidates(struct candidate *found, const struct results *before,
                              const struct results *after, const struct change_row *row)
{
    const struct metric metric = row ? row->metric : (struct metric){0};
    const char *name = row ? row->name : NULL;
    size_t count = 0;

    for (size_t i = 0; i < after->count; i++) {
        struct candidate one = {.item = i, .before = NAN};
        const struct value *other;

        if (before != after && !results_find(before, after->items[i].key, &one.partner)) continue;
        other = before == after ? &after->items[i].members[RESULTS_REFERENCE]
                                : &before->items[one.partner].members[RESULTS_GENERATED];
        if (other->kind != KIND_STRING ||
            after->items[i].members[RESULTS_GENERATED].kind != KIND_STRING)
            continue;
        if (before != after) one.before = score_of(before, name, one.partner);
        one.after = score_of(after, name, i);
        one.rank = rank_of(&metric, one.before, one.after);
        found[count++] = one;
    }
    return count;
}

static const char *order_of(const struct candidate *sorted, size_t count)
{
    if (count == 0 || sorted[0].rank == sorted[count - 1].rank) return "in their order";
    if (sorted[0].rank == 0) return "those that became worse first, then those that became better";
    return sorted[0].rank == 1 ? "those that became better first" : "those that are wrong first";
}

/* Of sorted ones. At most a half are of those that became worse, so that there is something of each
 * kind. */
static size_t choose(struct candidate *found, size_t count)
{
    size_t worse = 0, half = SHOWCASE_MOST / 2;

    while (worse < count && found[worse].rank == 0) worse++;
    if (worse > half && count > SHOWCASE_MOST) {
        size_t rest = count - worse < half ? count - worse : half, first = SHOWCASE_MOST - rest;

        memmove(found + first, found + worse, rest * sizeof *found);
    }
    return count < SHOWCASE_MOST ? count : SHOWCASE_MOST;
}

static void take(struct showcase *samples, const struct results *before,
                 const struct results *after, const struct candidate *from)
{
    struct sample *sample = &samples->items[samples->count++];
    size_t i = from->item;

    *sample = (struct sample){.title = keep(after->items[i].id),
                              .prompt = member(after, i, RESULTS_PROMPT),
                              .after = member(after, i, RESULTS_GENERATED),
                              .wanted = member(after, i, RESULTS_ANSWER),
                              .score_before = from->before,
                              .score_after = from->after};
    sample->before = before == after ? member(after, i, RESULTS_REFERENCE)
                                     : member(before, from->partner, RESULTS_GENERATED);
    if (!sample->wanted.at) sample->wanted = member(after, i, RESULTS_CHOSEN);
}

static void from_results(struct showcase *samples, const struct dossier *dossier)
{
    const struct results *before = &dossier->results[0];
    const struct results *after = &dossier->results[dossier->result_count - 1];
    const struct change_row *row =
        dossier->change_count ? change_primary(&dossier->changes[dossier->change_count - 1]) : NULL;
    struct candidate *found = mem_alloc(mem_product(after->count + 1, sizeof *found));
    size_t count;

    samples->of = find_candidates(found, before, after, row);
    qsort(found, samples->of, sizeof *found, by_rank);
    samples->order = order_of(found, samples->of);
    count = choose(found, samples->of);
    if (row) samples->metric = row->metric;
    for (size_t i = 0; i < count; i++) take(samples, before, after, &found[i]);
    mem_free(found);
}

static void from_run(struct showcase *samples, const struct run_folder *run)
{
    samples->of = run->log.sample_count;
    for (size_t i = 0; i < samples->of && i < SHOWCASE_MOST; i++) {
        const struct run_sample *one = &run->log.samples[i];
        char title[64];

        snprintf(title, sizeof title, "after step %.0f", one->step);
        samples->items[samples->count++] = (struct sample){
            .title = keep(text_of(title)),
            .prompt = one->prompt ? keep(text_of(one->prompt)) : (struct text){0},
            .before = one->reference ? keep(text_of(one->reference)) : (struct text){0},
            .after = one->trained ? keep(text_of(one->trained)) : (struct text){0},
            .score_before = NAN,
            .score_after = NAN};
    }
}

void showcase_find(struct showcase *samples, const struct dossier *dossier)
{
    *samples = (struct showcase){.before = "Before", .after = "After", .order = "in their order"};
    if (dossier->result_count) from_results(samples, dossier);
    if (samples->count && dossier->result_count > 1) return;
    samples->before = "Reference";
    samples->after = "Trained";
    for (size_t i = 0; i < dossier->run_count && samples->count == 0; i++)
        from_run(samples, &dossier->runs[i]);
}

void showcase_release(struct showcase *samples)
{
    for (size_t i = 0; i < samples->count; i++) {
        struct sample *sample = &samples->items[i];

        mem_free((void *)sample->title.at);
        mem_free((void *)sample->prompt.at);
        mem_free((void *)sample->before.at);
        mem_free((void *)sample->after.at);
        mem_free((void *)sample->wanted.at);
    }
    samples->count = 0;
}
