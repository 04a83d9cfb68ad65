/* How sure is a mean? Many samples drawn anew from the values, each with its own mean, say it. */
#ifndef STATISTICS_BOOTSTRAP_H
#define STATISTICS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#define BOOTSTRAP_SAMPLES 10000

/* The 2.5th and the 97.5th percentile (as numpy interpolates them) of the means of so many samples,
 * the same on every machine. NaN for no values, or where one is NaN; count < 2^32. */
void bootstrap_mean(const double *values, size_t count, uint32_t seed, double *low, double *high);

#endif
