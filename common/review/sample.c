#include "review/sample.h"

#include "core/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

struct card {
    struct sample_record record;
    size_t index;
};

struct stratum {
    size_t begin, size; /* of the sorted cards */
    size_t share;
    size_t remainder; /* of size * wanted / count, in units of 1 / count */
};

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_luck(const void *left, const void *right)
{
    const struct card *a = left, *b = right;
    int order = compare(a->record.stratum, b->record.stratum);

    if (!order) order = compare(b->record.luck, a->record.luck);
    return order ? order : compare(a->index, b->index);
}

static int by_place(const void *left, const void *right)
{
    const struct card *a = left, *b = right;
    const int order = compare(a->record.place, b->record.place);

    return order ? order : compare(a->index, b->index);
}

/* The largest remainder first; of equal ones the larger stratum, then the earlier. */
static int by_remainder(const void *left, const void *right)
{
    const struct stratum *a = left, *b = right;
    int order = compare(b->remainder, a->remainder);

    if (!order) order = compare(b->size, a->size);
    return order ? order : compare(a->begin, b->begin);
}

/* Finds the strata of sorted cards and gives each its share; returns how many there are. */
static size_t share_out(const struct card *cards, size_t count, size_t wanted,
                        struct stratum *strata)
{
    size_t found = 0, left = wanted;

    for (size_t i = 0; i < count; i++) {
        if (i == 0 || cards[i].record.stratum != cards[i - 1].record.stratum)
            strata[found++] = (struct stratum){.begin = i};
        strata[found - 1].size++;
    }
    for (size_t s = 0; s < found; s++) {
        strata[s].share = strata[s].size * wanted / count;
        strata[s].remainder = strata[s].size * wanted % count;
        left -= strata[s].share;
    }
    /* Fewer are left than strata have a remainder. */
    qsort(strata, found, sizeof *strata, by_remainder);
    for (size_t s = 0; s < left; s++) strata[s].share++;
    return found;
}

size_t sample_draw(const struct sample_record *records, size_t count, size_t wanted, size_t *picks)
{
    struct card *cards, *drawn;
    struct stratum *strata;
    size_t found, taken = 0;

    assert(wanted <= SAMPLE_MOST);
    if (wanted > count) wanted = count;
    if (!wanted) return 0;
    cards = mem_zero(count, sizeof *cards);
    strata = mem_zero(count, sizeof *strata);
    drawn = mem_zero(wanted, sizeof *drawn);
    for (size_t i = 0; i < count; i++) cards[i] = (struct card){records[i], i};
    qsort(cards, count, sizeof *cards, by_luck);
    found = share_out(cards, count, wanted, strata);
    for (size_t s = 0; s < found; s++)
        for (size_t i = 0; i < strata[s].share; i++) drawn[taken++] = cards[strata[s].begin + i];
    qsort(drawn, taken, sizeof *drawn, by_place);
    for (size_t i = 0; i < taken; i++) picks[i] = drawn[i].index;
    mem_free(cards);
    mem_free(strata);
    mem_free(drawn);
    return taken;
}
