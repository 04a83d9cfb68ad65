#include "filter/agreement.h"

#include <math.h>
#include <stdlib.h>

bool agreement_annotator(struct agreement *agreement, struct text name, uint32_t *number,
                         struct err *err)
{
    struct hash128 hash = hash_bytes(agreement->key, name.at, name.len);
    const uint64_t *known = seen_find(&agreement->numbers, hash);
    bool fresh;

    if (known) {
        *number = (uint32_t)*known;
        return true;
    }
    if (agreement->annotators == ANNOTATORS_MOST)
        return err_set(err, "more than %d annotators", ANNOTATORS_MOST);
    *number = (uint32_t)agreement->annotators++;
    buffer_add(&agreement->names[*number], name.at, name.len);
    *seen_add(&agreement->numbers, hash, &fresh) = *number;
    return true;
}

void agreement_add(struct agreement *agreement, const struct judgement *judgement)
{
    agreement->judgements = mem_room(agreement->judgements, agreement->count, &agreement->room,
                                     sizeof *agreement->judgements);
    agreement->judgements[agreement->count++] = *judgement;
}

static int by_item(const void *a, const void *b)
{
    const struct judgement *x = a, *y = b;

    if (x->item.high != y->item.high) return x->item.high < y->item.high ? -1 : 1;
    if (x->item.low != y->item.low) return x->item.low < y->item.low ? -1 : 1;
    if (x->annotator != y->annotator) return x->annotator < y->annotator ? -1 : 1;
    return (int)x->first - (int)y->first;
}

/* Before the compacting there is an entry for each two annotators: of a, those with all b > a. */
static struct kappa *kappa_of(struct agreement *agreement, size_t a, size_t b)
{
    size_t before = a * (2 * agreement->annotators - a - 1) / 2;

    return &agreement->kappas[before + b - a - 1];
}

/* Who judged an item twice counts once. */
static void compare_item(struct agreement *agreement, const struct judgement *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i && list[i].annotator == list[i - 1].annotator) continue;
        for (size_t j = i + 1; j < count; j++) {
            if (list[j].annotator == list[j - 1].annotator) continue;
            kappa_of(agreement, list[i].annotator, list[j].annotator)
                ->table[2 * !list[i].first + !list[j].first]++;
        }
    }
}

uint64_t kappa_items(const struct kappa *kappa)
{
    return kappa->table[0] + kappa->table[1] + kappa->table[2] + kappa->table[3];
}

double kappa_value(const struct kappa *kappa)
{
    double n = (double)kappa_items(kappa), seen, a, b, expected;

    seen = (double)(kappa->table[0] + kappa->table[3]) / n;
    a = (double)(kappa->table[0] + kappa->table[1]) / n;
    b = (double)(kappa->table[0] + kappa->table[2]) / n;
    expected = a * b + (1 - a) * (1 - b);
    return expected < 1 ? (seen - expected) / (1 - expected) : seen;
}

static void compare_all(struct agreement *agreement)
{
    struct judgement *list = agreement->judgements;
    size_t begin = 0;

    if (agreement->count) qsort(list, agreement->count, sizeof *list, by_item);
    for (size_t i = 1; i <= agreement->count; i++) {
        if (i < agreement->count && list[i].item.low == list[begin].item.low &&
            list[i].item.high == list[begin].item.high)
            continue;
        compare_item(agreement, list + begin, i - begin);
        begin = i;
    }
}

/* Counts for each two annotators, and keeps the entries of those who share an item. */
static void fill_kappas(struct agreement *agreement)
{
    size_t people = agreement->annotators;

    agreement->kappas = mem_zero(people ? people * (people - 1) / 2 : 0, sizeof(struct kappa));
    compare_all(agreement);
    for (uint32_t a = 0; a < people; a++)
        for (uint32_t b = a + 1; b < people; b++) {
            struct kappa kappa = *kappa_of(agreement, a, b);

            if (!kappa_items(&kappa)) continue;
            kappa.a = a;
            kappa.b = b;
            kappa.value = kappa_value(&kappa);
            agreement->kappas[agreement->kappa_count++] = kappa;
        }
    agreement->kappas =
        mem_resize(agreement->kappas, agreement->kappa_count + 1, sizeof *agreement->kappas);
}

/* Among those who are left; who was dropped keeps the score he had then. Who was below the bound
 * and shared items with nobody else goes with the one who was dropped: they disagreed with each
 * other. left is the number of kappas to look at; those of the dropped move behind them, out of the
 * way. */
static size_t compute_scores(struct agreement *agreement, size_t left, double bound)
{
    double sums[ANNOTATORS_MOST] = {0}, weights[ANNOTATORS_MOST] = {0};
    size_t kept = 0;

    for (size_t k = 0; k < left; k++) {
        struct kappa kappa = agreement->kappas[k];
        double items = (double)kappa_items(&kappa);

        if (agreement->dropped[kappa.a] || agreement->dropped[kappa.b]) continue;
        agreement->kappas[k] = agreement->kappas[kept];
        agreement->kappas[kept++] = kappa;
        sums[kappa.a] += kappa.value * items;
        sums[kappa.b] += kappa.value * items;
        weights[kappa.a] += items;
        weights[kappa.b] += items;
    }
    for (size_t i = 0; i < agreement->annotators; i++) {
        if (agreement->dropped[i]) continue;
        if (weights[i] > 0)
            agreement->scores[i] = sums[i] / weights[i];
        else if (agreement->scores[i] < bound)
            agreement->dropped[i] = true;
        else
            agreement->scores[i] = NAN;
    }
    return kept;
}

/* Whether somebody had to go. Of equals, the one who came first stays. */
static bool drop_worst(struct agreement *agreement, double bound)
{
    size_t worst = agreement->annotators;

    for (size_t i = 0; i < agreement->annotators; i++)
        if (!agreement->dropped[i] && agreement->scores[i] < bound &&
            (worst == agreement->annotators || agreement->scores[i] <= agreement->scores[worst]))
            worst = i;
    if (worst == agreement->annotators) return false;
    return agreement->dropped[worst] = true;
}

static int by_value(const void *a, const void *b)
{
    const struct kappa *x = a, *y = b;

    if (x->value < y->value || x->value > y->value) return x->value < y->value ? -1 : 1;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : 1;
}

/* NaN comes last; of equals, the one who came first. */
static int by_score(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (isnan(x->score) != isnan(y->score)) return isnan(x->score) ? 1 : -1;
    if (x->score < y->score || x->score > y->score) return x->score < y->score ? -1 : 1;
    return x->annotator < y->annotator ? -1 : 1;
}

void agreement_compute(struct agreement *agreement, double bound)
{
    size_t left;

    fill_kappas(agreement);
    left = agreement->kappa_count;
    for (size_t i = 0; i < agreement->annotators; i++) agreement->scores[i] = NAN;
    do left = compute_scores(agreement, left, bound);
    while (drop_worst(agreement, bound));
    for (uint32_t i = 0; i < agreement->annotators; i++)
        agreement->ranking[i] = (struct ranked){i, agreement->scores[i]};
    qsort(agreement->kappas, agreement->kappa_count, sizeof *agreement->kappas, by_value);
    qsort(agreement->ranking, agreement->annotators, sizeof *agreement->ranking, by_score);
}

void agreement_release(struct agreement *agreement)
{
    for (size_t i = 0; i < agreement->annotators; i++) buffer_release(&agreement->names[i]);
    mem_free(agreement->judgements);
    mem_free(agreement->kappas);
    seen_release(&agreement->numbers);
    *agreement = (struct agreement){0};
}
