#include "statistics/bootstrap.h"

#include "core/memory.h"
#include "hash/random.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static double percentile(const double *sorted, double share)
{
    const double at = share * (BOOTSTRAP_SAMPLES - 1), whole = floor(at);
    const double *value = sorted + (size_t)whole;

    return value[0] + (value[1] - value[0]) * (at - whole);
}

/* A draw is 32 random bits times the count: no place is likelier than another by more than
 * count / 2^32, and none is drawn twice to be even. */
static double mean_of_sample(const double *values, size_t count, struct random *random)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) sum += values[(uint64_t)random_u32(random) * count >> 32];
    return sum / (double)count;
}

void bootstrap_mean(const double *values, size_t count, uint32_t seed, double *low, double *high)
{
    double *means;
    struct random random;

    *low = *high = NAN;
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i])) return;
    if (count == 0) return;
    means = mem_alloc(BOOTSTRAP_SAMPLES * sizeof *means);
    random_init(&random, seed);
    for (size_t i = 0; i < BOOTSTRAP_SAMPLES; i++)
        means[i] = mean_of_sample(values, count, &random);
    qsort(means, BOOTSTRAP_SAMPLES, sizeof *means, by_value);
    *low = percentile(means, 0.025);
    *high = percentile(means, 0.975);
    mem_free(means);
}
