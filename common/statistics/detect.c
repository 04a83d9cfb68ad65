#include "statistics/detect.h"

#include "statistics/distribution.h"

#include <math.h>

#define TAIL 0.975 /* of p < 0.05, two-sided */
#define POWER 0.8

/* Above 0 when a gain is larger than need be; grows with it. */
static double excess(double n, double lost, double gain)
{
    const double changed = 2 * lost + gain;

    return gain * sqrt(n - 1 / gain) - normal_quantile(TAIL) * sqrt(changed) -
           normal_quantile(POWER) * sqrt(changed - gain * gain);
}

double detect_rate(size_t n, double baseline, double lost)
{
    const double count = (double)n;
    double low = 1 / count, high;

    lost = fmin(lost, baseline);
    high = 1 - baseline - lost;
    if (n == 0 || isnan(high) || high <= low || excess(count, lost, high) < 0) return NAN;
    for (;;) {
        const double middle = low + (high - low) / 2;

        if (middle <= low || middle >= high) return high;
        if (excess(count, lost, middle) < 0)
            low = middle;
        else
            high = middle;
    }
}

double detect_mean(size_t n, double spread)
{
    const double count = (double)n;

    if (n < 2) return NAN;
    return (student_quantile(TAIL, count - 1) + student_quantile(POWER, count - 1)) * spread /
           sqrt(count);
}

double detect_paired(const struct paired *paired, bool less)
{
    const double right = less ? 1 - paired->baseline : paired->baseline;
    const double lost = (double)(less ? paired->higher : paired->lower) / (double)paired->n;

    if (!paired->binary) return detect_mean(paired->n, paired->spread);
    return detect_rate(paired->n, right, fmax(lost, DETECT_LOST));
}
