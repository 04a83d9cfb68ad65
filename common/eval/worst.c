#include "eval/worst.h"

#include "results/goal.h"

#include <math.h>
#include <stdlib.h>

struct mark {
    double value; /* the lower, the worse */
    size_t record;
    bool fell;
};

static int by_need(const void *left, const void *right)
{
    const struct mark *a = left, *b = right;

    if (a->fell != b->fell) return a->fell ? -1 : 1;
    if (a->value < b->value || a->value > b->value) return a->value < b->value ? -1 : 1;
    return (a->record > b->record) - (a->record < b->record);
}

/* NaN where it cannot be told. */
static double value_before(const double *baseline, const struct pairing *pairing, size_t record)
{
    if (!baseline || !pairing || pairing->partners[record] == SIZE_MAX) return NAN;
    return baseline[pairing->partners[record]];
}

void worst_find(struct worst *worst, size_t most, const struct marks *now, const char *name,
                const struct marks *baseline, const struct pairing *pairing)
{
    const double *values = marks_values(now, name), sign = goal_is_less(text_of(name)) ? -1 : 1;
    const double *before = baseline ? marks_values(baseline, name) : NULL;
    struct mark *marks = mem_zero(now->count, sizeof *marks);
    double best = -INFINITY;
    size_t count = 0;

    *worst = (struct worst){0};
    if (most > WORST_MOST) most = WORST_MOST;
    for (size_t i = 0; values && i < now->count; i++) {
        if (isnan(values[i])) continue;
        best = fmax(best, sign * values[i]);
        marks[count++] = (struct mark){sign * values[i], i,
                                       sign * values[i] < sign * value_before(before, pairing, i)};
    }
    qsort(marks, count, sizeof *marks, by_need);
    for (size_t i = 0; i < count && worst->count < most; i++) {
        if (!marks[i].fell && marks[i].value >= best) break;
        worst->fell[worst->count] = marks[i].fell;
        worst->records[worst->count++] = marks[i].record;
    }
    mem_free(marks);
}
