/* Several tests at once: the more of them, the likelier one of them is met by chance. */
#ifndef STATISTICS_HOLM_H
#define STATISTICS_HOLM_H

#include <stddef.h>

/* Holm's correction: what is below 0.05 afterwards is so with all the tests in mind. NaN stays NaN
 * and counts for no test. */
void holm_correct(const double *p, double *corrected, size_t count);

#endif
