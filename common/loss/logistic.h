/* sigma(u) = 1 / (1 + exp(-u)) and its log, without overflow for any u. */
#ifndef LOSS_LOGISTIC_H
#define LOSS_LOGISTIC_H

#include <math.h>

static inline double logistic(double u)
{
    const double e = exp(-fabs(u));

    return u < 0 ? e / (1 + e) : 1 / (1 + e);
}

static inline double log_logistic(double u)
{
    return fmin(u, 0) - log1p(exp(-fabs(u)));
}

#endif
