/* Wilcoxon's signed ranks: do differences above zero outrank those below it? */
#ifndef STATISTICS_WILCOXON_H
#define STATISTICS_WILCOXON_H

#include <stddef.h>

/* The two-sided p, as scipy's wilcoxon() gives it by default: zeros are left out; exact for up to
 * 50 differences, all of other sizes and none zero, and for up to 13 of any kind; else by the
 * normal approximation, corrected for ties but not for continuity. NaN for no differences, or
 * where one is NaN; 1 where all are zero (scipy: NaN for more than 13). */
double wilcoxon_p(const double *differences, size_t count);

#endif
