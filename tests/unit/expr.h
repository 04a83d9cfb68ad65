/* The formulas behind the figures in the data: "pay(300000,6.5,360)-pay(300000,5.5,360)".
 *
 * Numbers, + - * / ( ), and these functions; rates are yearly and in percent, periods are months:
 *     pay(principal, rate, months)          the level payment
 *     bal(principal, rate, months, paid)    the balance after so many payments
 *     apr(financed, payment, months)        the yearly rate the payments stand for
 *     months(principal, rate, payment)      how long the payments take
 *     ceil(x) floor(x) round(x) pow(x, y) min(x, y) max(x, y) */
#ifndef TESTS_UNIT_EXPR_H
#define TESTS_UNIT_EXPR_H

#include <stdbool.h>

/* False if the text is no such expression or its value is not finite. */
bool expr_evaluate(const char *expression, double *value);

#endif
