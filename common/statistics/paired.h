/* The same prompts asked twice, before and after: is the difference more than chance?
 *
 * Each test has its own answer; which to believe: McNemar's where scores are 0 or 1, else the
 * paired t-test. Welch's compares two means as if the prompts were others, and so sees less. */
#ifndef STATISTICS_PAIRED_H
#define STATISTICS_PAIRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What cannot be known is NaN: everything for no records, and what asks for a spread for one. The
 * p of no difference at all is 1, where scipy has NaN; equal differences without any spread have
 * the p 0 of an infinite t, as there. */
struct paired {
    size_t n;             /* records with both values */
    double baseline, now; /* means */
    double difference;    /* mean of now - baseline */
    double spread;        /* standard deviation of the differences */
    double low, high;     /* 95 % of the difference, by bootstrap */
    size_t higher, lower; /* records */
    bool binary;          /* all values are 0 or 1 */
    double t, p_t;
    double welch_t, welch_df, p_welch;
    double p_wilcoxon;
    double p_mcnemar; /* NaN unless binary */
    double p_sign;
    double cohens_d;        /* difference / spread; NaN where there is no spread */
    double cohens_d_pooled; /* by the spread of both sides' values instead */
};

/* Records where either is NaN are left out. */
void paired_compare(struct paired *paired, const double *baseline, const double *now, size_t count,
                    uint32_t seed);

#endif
