#include "statistics/wilcoxon.h"

#include "core/memory.h"
#include "statistics/distribution.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct ranking {
    double *sorted; /* differences but zeros, by their size */
    size_t count;
    size_t *ranks; /* doubled, so that the mean rank of ties is whole */
    double ties;   /* the sum of t^3 - t over groups of t */
    double plus;   /* the doubled ranks above zero */
};

static int by_size(const void *left, const void *right)
{
    const double a = fabs(*(const double *)left), b = fabs(*(const double *)right);

    return (a > b) - (a < b);
}

static void rank(struct ranking *ranking)
{
    qsort(ranking->sorted, ranking->count, sizeof *ranking->sorted, by_size);
    for (size_t begin = 0, end; begin < ranking->count; begin = end) {
        const double size = fabs(ranking->sorted[begin]);
        double tied;

        for (end = begin; end < ranking->count && fabs(ranking->sorted[end]) <= size;) end++;
        tied = (double)(end - begin);
        ranking->ties += tied * tied * tied - tied;
        for (size_t i = begin; i < end; i++) {
            ranking->ranks[i] = begin + end + 1;
            if (ranking->sorted[i] > 0) ranking->plus += (double)ranking->ranks[i];
        }
    }
}

/* Each difference above or below zero with the same chance: of all 2^n ways, how many lead to
 * which sum of ranks? Counts stay below 2^53, so they are exact. */
static double exact_p(const struct ranking *ranking)
{
    const size_t total = ranking->count * (ranking->count + 1), plus = (size_t)ranking->plus;
    double *ways = mem_zero(total + 1, sizeof *ways), below = 0, above = 0, all = 0;

    ways[0] = 1;
    for (size_t i = 0; i < ranking->count; i++)
        for (size_t sum = total + 1; sum-- > ranking->ranks[i];)
            ways[sum] += ways[sum - ranking->ranks[i]];
    for (size_t sum = 0; sum <= total; sum++) {
        all += ways[sum];
        if (sum <= plus) below += ways[sum];
        if (sum >= plus) above += ways[sum];
    }
    mem_free(ways);
    return fmin(1, 2 * fmin(below, above) / all);
}

static double normal_approximation(const struct ranking *ranking)
{
    const double n = (double)ranking->count, mean = n * (n + 1) / 4;
    const double variance = (n * (n + 1) * (2 * n + 1) - ranking->ties / 2) / 24;

    return normal_p((ranking->plus / 2 - mean) / sqrt(variance));
}

double wilcoxon_p(const double *differences, size_t count)
{
    struct ranking ranking = {.sorted = mem_zero(count, sizeof *ranking.sorted),
                              .ranks = mem_zero(count, sizeof *ranking.ranks)};
    bool unknown = count == 0;
    double p;

    for (size_t i = 0; i < count; i++) {
        unknown = unknown || isnan(differences[i]);
        if (differences[i] < 0 || differences[i] > 0)
            ranking.sorted[ranking.count++] = differences[i];
    }
    if (!unknown) rank(&ranking);
    if (unknown)
        p = NAN;
    else if (ranking.count == 0)
        p = 1;
    else if (count <= 13 || (count <= 50 && ranking.count == count && ranking.ties <= 0))
        p = exact_p(&ranking);
    else
        p = normal_approximation(&ranking);
    mem_free(ranking.sorted);
    mem_free(ranking.ranks);
    return p;
}
