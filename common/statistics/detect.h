/* How small a gain could a test set show at all? One that is there is to be found significant
 * (two-sided, p < 0.05) with a chance of 80 %. */
#ifndef STATISTICS_DETECT_H
#define STATISTICS_DETECT_H

#include "statistics/paired.h"

/* The share of all prompts that a better model gets wrong although the baseline had them right, at
 * least: runs of this kind lose about one in twenty. */
#define DETECT_LOST 0.05

/* Of a metric that is 0 or 1 for each prompt, by McNemar's test. What counts are the prompts that
 * change: those lost, and those won, which are lost + gain; with s their sum the gain fulfils
 *     gain sqrt(n - 1 / gain) = z(0.975) sqrt(s) + z(0.8) sqrt(s - gain^2)
 * (Connor's formula, with a correction for whole numbers that brings it within some 2 % of what the
 * exact test needs). lost is at most the baseline's rate. NaN where even every prompt put right
 * would not be enough, or n is 0. */
double detect_rate(size_t n, double baseline, double lost);

/* Of any other metric, by the paired t-test: spread is the standard deviation of the differences.
 * NaN for n < 2. */
double detect_mean(size_t n, double spread);

/* Of what was compared, by the one that applies. less: of this metric less is better, and what is
 * right is 0. What got worse counts as lost, and DETECT_LOST where that is less. */
double detect_paired(const struct paired *paired, bool less);

#endif
