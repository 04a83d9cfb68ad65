#include "loss/ranks.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    double value;
    size_t row;
};

static int compare_places(const struct ranked *a, const struct ranked *b)
{
    return (a->row > b->row) - (a->row < b->row);
}

static int compare(const void *first, const void *second)
{
    const struct ranked *a = first, *b = second;

    if (isnan(a->value) != isnan(b->value)) return isnan(a->value) ? 1 : -1;
    if (a->value < b->value) return -1;
    return a->value > b->value ? 1 : compare_places(a, b);
}

static double policy_margin(const struct loss_row *row)
{
    return row->logps[0] - row->logps[1];
}

static double reference_margin(const struct loss_row *row)
{
    return row->references[0] - row->references[1];
}

static double chosen_score(const struct loss_row *row)
{
    return row->logps[0] - row->references[0];
}

static double rejected_score(const struct loss_row *row)
{
    return row->logps[1] - row->references[1];
}

static struct ranked *rank(const struct loss_row *rows, size_t count,
                           double (*value)(const struct loss_row *))
{
    struct ranked *ranked = mem_alloc(mem_product(count, sizeof *ranked));

    for (size_t i = 0; i < count; i++) ranked[i] = (struct ranked){value(rows + i), i};
    if (count) qsort(ranked, count, sizeof *ranked, compare);
    return ranked;
}

void ranks_add(const struct loss *loss, const struct formula *formula, double weight,
               struct loss_row *rows, size_t count)
{
    const bool margins = formula->order == ORDER_MARGINS;
    struct ranked *first = rank(rows, count, margins ? policy_margin : chosen_score);
    struct ranked *second = rank(rows, count, margins ? reference_margin : rejected_score);

    for (size_t k = 0; k < count; k++) {
        const struct scores scores = {{first[k].value, second[k].value}, {1, 1}};
        struct loss_row *row = rows + first[k].row;
        double ds[2];

        row->loss += weight * formula->value(loss, &scores, ds);
        row->slopes[0] += weight / (double)count * ds[0];
        if (margins)
            row->slopes[1] -= weight / (double)count * ds[0];
        else
            rows[second[k].row].slopes[1] += weight / (double)count * ds[1];
    }
    mem_free(first);
    mem_free(second);
}
