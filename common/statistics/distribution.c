#include "statistics/distribution.h"

#include <math.h>

#define PI 3.14159265358979323846

/* log(a!) less Stirling's formula for it. */
static double stirling_rest(double a)
{
    const double square = a * a;
    int sign;

    if (a < 16) return lgamma_r(a + 1, &sign) - (a + 0.5) * log(a) + a - 0.5 * log(2 * PI);
    return (1.0 / 12 -
            (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / (1188 * square)) / square) / square) /
                square) /
           a;
}

/* a log(a / mean) + mean - a, by its series where the two are close and their logs would cancel:
 * with v = (a - mean) / (a + mean) it is (a - mean) v + 2 a (v^3 / 3 + v^5 / 5 + ...). */
static double deviance(double a, double mean)
{
    const double v = (a - mean) / (a + mean);
    double sum, power = 2 * a * v, last;

    if (fabs(v) > 0.1) return a * log(a / mean) + mean - a;
    sum = (a - mean) * v;
    for (int i = 3;; i += 2) {
        power *= v * v;
        last = sum;
        sum += power / i;
        if (sum == last) return sum;
    }
}

/* x^a y^b (a + b)! / (a! b!), as C. Loader has it: no large numbers are taken from each other. */
static double mass(double a, double b, double x, double y)
{
    const double n = a + b;

    return exp(stirling_rest(n) - stirling_rest(a) - stirling_rest(b) - deviance(a, n * x) -
               deviance(b, n * y)) *
           sqrt(n / (2 * PI * a * b));
}

/* The continued fraction of I_x(a, b), by Lentz' method: good for x below (a + 1) / (a + b + 2). */
static double fraction(double a, double b, double x)
{
    double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), value = d;

    for (int i = 1; i < 100000; i++) {
        const double m = i;
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));

        d = 1 / (1 + even * d);
        c = 1 + even / c;
        value *= c * d;
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        value *= c * d;
        if (fabs(c * d - 1) < 1e-16) break;
    }
    return value;
}

double beta_share(double a, double b, double x, double y)
{
    if (isnan(x) || isnan(y)) return NAN;
    if (x <= 0) return 0;
    if (y <= 0) return 1;
    if (x < (a + 1) / (a + b + 2)) return mass(a, b, x, y) * b / (a + b) * fraction(a, b, x);
    return 1 - mass(a, b, x, y) * a / (a + b) * fraction(b, a, y);
}

double normal_p(double z)
{
    return erfc(fabs(z) / sqrt(2));
}

double student_p(double t, double df)
{
    if (isinf(df)) return normal_p(t);
    if (isinf(t * t)) return 0;
    return beta_share(df / 2, 0.5, df / (df + t * t), t * t / (df + t * t));
}

double binomial_p(size_t k, size_t n)
{
    const double least = (double)(k < n - k ? k : n - k), count = (double)n;

    if (2 * least >= count - 1) return 1; /* all there is, or the middle at least */
    return 2 * beta_share(count - least, least + 1, 0.5, 0.5);
}

/* student_p falls as t grows: cut the range in halves until no number lies between its ends. */
double student_quantile(double p, double df)
{
    const double want = 2 * (p < 0.5 ? p : 1 - p);
    double low = 0, high = 1;

    if (!(p > 0 && p < 1)) return NAN;
    while (student_p(high, df) > want) high *= 2;
    for (;;) {
        const double middle = low + (high - low) / 2;

        if (middle <= low || middle >= high) return p < 0.5 ? -high : high;
        if (student_p(middle, df) > want)
            low = middle;
        else
            high = middle;
    }
}

double normal_quantile(double p)
{
    return student_quantile(p, INFINITY);
}
