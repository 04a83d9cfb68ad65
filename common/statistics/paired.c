#include "statistics/paired.h"

#include "core/memory.h"
#include "statistics/bootstrap.h"
#include "statistics/distribution.h"
#include "statistics/wilcoxon.h"

#include <math.h>

static double mean_of(const double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) sum += values[i];
    return sum / (double)count;
}

/* Over count - 1: NaN for fewer than two, and 0 for equal ones although their mean is rounded. */
static double variance_of(const double *values, size_t count)
{
    const double mean = mean_of(values, count);
    double sum = 0;
    bool equal = true;

    for (size_t i = 0; i < count; i++) {
        sum += (values[i] - mean) * (values[i] - mean);
        equal = equal && fabs(values[i] - values[0]) <= 0;
    }
    if (count < 2) return NAN;
    return equal ? 0 : sum / (double)(count - 1);
}

static void test_paired(struct paired *paired)
{
    const double n = (double)paired->n;

    paired->t = paired->difference / (paired->spread / sqrt(n));
    paired->p_t = student_p(paired->t, n - 1);
    paired->cohens_d = paired->spread > 0 ? paired->difference / paired->spread : NAN;
}

static void test_welch(struct paired *paired, double baseline_variance, double now_variance)
{
    const double n = (double)paired->n, a = baseline_variance / n, b = now_variance / n;
    const double pooled = sqrt((baseline_variance + now_variance) / 2);

    paired->welch_t = (paired->now - paired->baseline) / sqrt(a + b);
    paired->welch_df = (a + b) * (a + b) / ((a * a + b * b) / (n - 1));
    if (isnan(paired->welch_df)) paired->welch_df = 1; /* no spread on either side */
    paired->p_welch = student_p(paired->welch_t, paired->welch_df);
    paired->cohens_d_pooled = pooled > 0 ? (paired->now - paired->baseline) / pooled : NAN;
}

static void test_counts(struct paired *paired, const double *differences)
{
    for (size_t i = 0; i < paired->n; i++) {
        paired->higher += differences[i] > 0;
        paired->lower += differences[i] < 0;
    }
    paired->p_sign = binomial_p(paired->higher, paired->higher + paired->lower);
    paired->p_mcnemar = paired->binary ? paired->p_sign : NAN;
    paired->p_wilcoxon = wilcoxon_p(differences, paired->n);
    if (paired->higher + paired->lower > 0 || paired->n < 2) return;
    paired->p_t = 1;
    paired->p_welch = 1;
}

static bool is_binary(double value)
{
    return fabs(value - 0.5) == 0.5;
}

/* Moves the records with both values to the front of the three arrays. */
static void gather(struct paired *paired, double *baseline, double *now, double *differences,
                   size_t count)
{
    paired->binary = true;
    for (size_t i = 0; i < count; i++) {
        if (isnan(baseline[i]) || isnan(now[i])) continue;
        baseline[paired->n] = baseline[i];
        now[paired->n] = now[i];
        differences[paired->n++] = now[i] - baseline[i];
        paired->binary = paired->binary && is_binary(baseline[i]) && is_binary(now[i]);
    }
}

static const struct paired unknown = {.baseline = NAN,
                                      .now = NAN,
                                      .difference = NAN,
                                      .spread = NAN,
                                      .low = NAN,
                                      .high = NAN,
                                      .t = NAN,
                                      .p_t = NAN,
                                      .welch_t = NAN,
                                      .welch_df = NAN,
                                      .p_welch = NAN,
                                      .p_wilcoxon = NAN,
                                      .p_mcnemar = NAN,
                                      .p_sign = NAN,
                                      .cohens_d = NAN,
                                      .cohens_d_pooled = NAN};

void paired_compare(struct paired *paired, const double *baseline, const double *now, size_t count,
                    uint32_t seed)
{
    double *work = mem_zero(3, mem_product(count, sizeof *work));
    double *before = work, *after = work + count, *differences = work + 2 * count;

    *paired = unknown;
    for (size_t i = 0; i < count; i++) {
        before[i] = baseline[i];
        after[i] = now[i];
    }
    gather(paired, before, after, differences, count);
    if (paired->n > 0) {
        paired->baseline = mean_of(before, paired->n);
        paired->now = mean_of(after, paired->n);
        paired->difference = mean_of(differences, paired->n);
        paired->spread = sqrt(variance_of(differences, paired->n));
        test_paired(paired);
        test_welch(paired, variance_of(before, paired->n), variance_of(after, paired->n));
        test_counts(paired, differences);
        bootstrap_mean(differences, paired->n, seed, &paired->low, &paired->high);
    }
    mem_free(work);
}
