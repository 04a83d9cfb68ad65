/* Distributions that tests of significance ask for.
 *
 * Every p is two-sided: how likely is a value at least as far from the middle, on either side. */
#ifndef STATISTICS_DISTRIBUTION_H
#define STATISTICS_DISTRIBUTION_H

#include <stddef.h>

double normal_p(double z);
double student_p(double t, double df); /* df > 0, whole or not; infinite: normal */

/* A fair coin thrown n times, heads k times of them. 1 where n is 0. */
double binomial_p(size_t k, size_t n);

/* The value below which a share p lies, 0 < p < 1. */
double normal_quantile(double p);
double student_quantile(double p, double df);

/* I_x(a, b), the incomplete beta function over the whole one: 0 < a, b; y is 1 - x, given as well
 * because it may be too small to be found from x. */
double beta_share(double a, double b, double x, double y);

#endif
