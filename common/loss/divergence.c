#include "loss/divergence.h"

#include "loss/logistic.h"

/* Beyond, a policy that ran away would be all that is left of a sum. */
#define EXPONENT_LIMIT 80.0

const char *const divergence_names[DIVERGENCES] = {"reverse_kl", "forward_kl", "js_divergence",
                                                   "alpha_divergence"};

static double alpha_score(double alpha, double r, double *slope)
{
    const double c = alpha - 1, t = c * r;

    *slope = 1;
    if (fabs(c) < 1e-6) return r;
    *slope = t > EXPONENT_LIMIT ? 0 : exp(t);
    return expm1(t > EXPONENT_LIMIT ? EXPONENT_LIMIT : t) / c;
}

double divergence_score(enum divergence divergence, double alpha, double r, double *slope)
{
    switch (divergence) {
    case FORWARD_KL: *slope = exp(-r); return -expm1(-r);
    case JS_DIVERGENCE: *slope = logistic(-r); return M_LN2 + log_logistic(r);
    case ALPHA_DIVERGENCE: return alpha_score(alpha, r, slope);
    case REVERSE_KL:
    case DIVERGENCES: break;
    }
    *slope = 1;
    return r;
}
