/* A backward pass against differences of the forward one.
 *
 *     CHECK_GRADIENT(loss, &op, x, n, dx, 1e-4);
 *
 * loss(&op) runs forward on x, as it stands then, and returns one number in double, such as the sum
 * of g y for the dy = g that dx was made from. The four-point stencil is off by h^4 / 30 of the
 * fifth derivative and by the rounding of float results over h: with results near 1 it agrees to
 * 1e-4 and better. The tolerance is absolute below 1, relative above. */
#ifndef TESTS_GRADIENT_H
#define TESTS_GRADIENT_H

#include "check.h"

#define CHECK_GRADIENT(loss, context, x, n, dx, tolerance)                                         \
    check_gradient((loss), (context), (x), (n), (dx), (tolerance), #dx, __FILE__, __LINE__)

static double check_loss_at(double (*loss)(void *context), void *context, float *x, float value)
{
    const float kept = *x;
    double result;

    *x = value;
    result = loss(context);
    *x = kept;
    return result;
}

static void check_gradient(double (*loss)(void *context), void *context, float *x, size_t n,
                           const float *dx, double tolerance, const char *what, const char *file,
                           int line)
{
    const float h = 1.0F / 32;

    for (size_t i = 0; i < n; i++) {
        const double near = check_loss_at(loss, context, x + i, x[i] + h) -
                            check_loss_at(loss, context, x + i, x[i] - h);
        const double far = check_loss_at(loss, context, x + i, x[i] + 2 * h) -
                           check_loss_at(loss, context, x + i, x[i] - 2 * h);
        const double slope = (8 * near - far) / (12 * (double)h), got = (double)dx[i];
        const double allowed = tolerance * fmax(1, fabs(slope));

        if (!check_claim(fabs(got - slope) <= allowed, file, line,
                         "%s[%zu]: got %.9g, differences say %.9g", what, i, got, slope))
            return;
    }
}

#endif
