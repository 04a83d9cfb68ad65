#include "filter/agreement.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool agreement_annotator(struct agreement *agreement, struct text name, uint32_t *number,
                         struct err *err)
{
    size_t i = 0;

    while (i < agreement->annotators && !text_is(name, agreement->names[i])) i++;
    if (i == ANNOTATORS_MOST) return err_set(err, "more than %d annotators", ANNOTATORS_MOST);
    if (i == agreement->annotators) {
        agreement->names[i] = mem_alloc(name.len + 1);
        memcpy(agreement->names[i], name.at, name.len);
        agreement->names[i][name.len] = '\0';
        agreement->annotators++;
    }
    *number = (uint32_t)i;
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

/* The entry for two annotators: the list stays sorted, and is short beside the judgements. */
static struct kappa *kappa_of(struct agreement *agreement, uint32_t a, uint32_t b)
{
    size_t low = 0, high = agreement->kappa_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct kappa *kappa = &agreement->kappas[middle];

        if (kappa->a < a || (kappa->a == a && kappa->b < b))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < agreement->kappa_count && agreement->kappas[low].a == a &&
        agreement->kappas[low].b == b)
        return &agreement->kappas[low];
    agreement->kappas = mem_room(agreement->kappas, agreement->kappa_count, &agreement->kappa_room,
                                 sizeof *agreement->kappas);
    memmove(agreement->kappas + low + 1, agreement->kappas + low,
            (agreement->kappa_count++ - low) * sizeof *agreement->kappas);
    agreement->kappas[low] = (struct kappa){.a = a, .b = b};
    return &agreement->kappas[low];
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

/* Among those who are left; who was dropped keeps the score he had then. */
static void compute_scores(struct agreement *agreement)
{
    for (size_t i = 0; i < agreement->annotators; i++) {
        double sum = 0, weight = 0;

        if (agreement->dropped[i]) continue;
        for (size_t k = 0; k < agreement->kappa_count; k++) {
            const struct kappa *kappa = &agreement->kappas[k];

            if ((kappa->a != i && kappa->b != i) || agreement->dropped[kappa->a] ||
                agreement->dropped[kappa->b])
                continue;
            sum += kappa_value(kappa) * (double)kappa_items(kappa);
            weight += (double)kappa_items(kappa);
        }
        agreement->scores[i] = weight > 0 ? sum / weight : NAN;
    }
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

void agreement_compute(struct agreement *agreement, double bound)
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
    do compute_scores(agreement);
    while (drop_worst(agreement, bound));
}

void agreement_release(struct agreement *agreement)
{
    for (size_t i = 0; i < agreement->annotators; i++) mem_free(agreement->names[i]);
    mem_free(agreement->judgements);
    mem_free(agreement->kappas);
    *agreement = (struct agreement){0};
}
