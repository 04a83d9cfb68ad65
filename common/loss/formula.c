#include "loss/formula.h"

#include "loss/logistic.h"

#define SMOOTHS true
#define DIVERGES true
#define PLAIN false

/* A part of nothing is nothing, even of infinity. */
static double part(double share, double of)
{
    return share == 0 ? 0 : share * of;
}

static double margin(const struct loss *loss, const struct scores *at)
{
    return loss->beta * (at->s[0] - at->s[1]);
}

/* The slopes of what depends on x alone. */
static void by_margin(const struct loss *loss, double dx, double ds[2])
{
    ds[0] = loss->beta * dx;
    ds[1] = -loss->beta * dx;
}

static double sigmoid(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double x = margin(loss, at), e = loss->label_smoothing;

    by_margin(loss, e * logistic(x) - (1 - e) * logistic(-x), ds);
    return -part(1 - e, log_logistic(x)) - part(e, log_logistic(-x));
}

static double hinge(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double x = margin(loss, at);

    by_margin(loss, x >= 1 ? 0 : -1, ds);
    return x >= 1 ? 0 : 1 - x;
}

static double ipo(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double *n = at->lengths;
    const double u = at->s[0] / n[0] - at->s[1] / n[1] - 0.5 / loss->beta;

    ds[0] = 2 * u / n[0];
    ds[1] = -2 * u / n[1];
    return u * u;
}

static double exo_pair(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double x = margin(loss, at), p = logistic(x), q = logistic(-x);
    const double log_right = log1p(-loss->label_smoothing), log_wrong = log(loss->label_smoothing);

    by_margin(loss, p * q * (x - log_right + log_wrong), ds);
    return p * (log_logistic(x) - log_right) + q * (log_logistic(-x) - log_wrong);
}

static double nca_pair(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double beta = loss->beta, chosen = beta * at->s[0], rejected = beta * at->s[1];

    ds[0] = beta * (0.5 * logistic(chosen) - logistic(-chosen));
    ds[1] = beta * 0.5 * logistic(rejected);
    return -log_logistic(chosen) - 0.5 * log_logistic(-chosen) - 0.5 * log_logistic(-rejected);
}

static double robust(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double x = margin(loss, at), e = loss->label_smoothing;

    by_margin(loss, -((1 - e) * logistic(-x) + e * logistic(x)) / (1 - 2 * e), ds);
    return (part(e, log_logistic(-x)) - part(1 - e, log_logistic(x))) / (1 - 2 * e);
}

static double bco_pair(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double chosen = loss->beta * at->s[0], rejected = loss->beta * at->s[1];

    ds[0] = -loss->beta * logistic(-chosen);
    ds[1] = loss->beta * logistic(rejected);
    return -log_logistic(chosen) - log_logistic(-rejected);
}

static double sppo_hard(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double chosen = at->s[0] - 0.5 / loss->beta, rejected = at->s[1] + 0.5 / loss->beta;

    ds[0] = 2 * chosen;
    ds[1] = 2 * rejected;
    return chosen * chosen + rejected * rejected;
}

static double apo_zero(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double chosen = loss->beta * at->s[0], rejected = loss->beta * at->s[1];

    ds[0] = -loss->beta * logistic(chosen) * logistic(-chosen);
    ds[1] = loss->beta * logistic(rejected) * logistic(-rejected);
    return logistic(-chosen) + logistic(rejected);
}

static double apo_down(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double chosen = loss->beta * at->s[0], x = margin(loss, at);

    by_margin(loss, -logistic(x) * logistic(-x), ds);
    ds[0] += loss->beta * logistic(chosen) * logistic(-chosen);
    return logistic(chosen) + logistic(-x);
}

/* m falls faster than exp(-x) grows where tau < 1: their product is one exponential. */
static double discopop(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double x = margin(loss, at), t = x / loss->discopop_tau;
    const double m = logistic(t), rest = logistic(-t), ls = log_logistic(x);
    const double grown = m == 0 ? 0 : exp(log_logistic(t) - x);
    const double turning = (rest * grown + part(m * rest, ls)) / loss->discopop_tau;

    by_margin(loss, turning - rest * logistic(-x) - grown, ds);
    return grown - part(rest, ls);
}

static double sigmoid_norm(const struct loss *loss, const struct scores *at, double ds[2])
{
    const double *n = at->lengths;
    const double y = loss->beta * (at->s[0] / n[0] - at->s[1] / n[1]);

    by_margin(loss, -logistic(-y), ds);
    ds[0] /= n[0];
    ds[1] /= n[1];
    return -log_logistic(y);
}

const struct formula formulas[LOSSES] = {
    [LOSS_SIGMOID] = {"sigmoid", sigmoid, ORDER_PAIRS, SMOOTHS, DIVERGES},
    [LOSS_HINGE] = {"hinge", hinge, ORDER_PAIRS, PLAIN, DIVERGES},
    [LOSS_IPO] = {"ipo", ipo, ORDER_PAIRS, PLAIN, DIVERGES},
    [LOSS_EXO_PAIR] = {"exo_pair", exo_pair, ORDER_PAIRS, SMOOTHS, DIVERGES},
    [LOSS_NCA_PAIR] = {"nca_pair", nca_pair, ORDER_PAIRS, PLAIN, PLAIN},
    [LOSS_ROBUST] = {"robust", robust, ORDER_PAIRS, SMOOTHS, DIVERGES},
    [LOSS_BCO_PAIR] = {"bco_pair", bco_pair, ORDER_PAIRS, PLAIN, PLAIN},
    [LOSS_SPPO_HARD] = {"sppo_hard", sppo_hard, ORDER_PAIRS, PLAIN, PLAIN},
    [LOSS_AOT] = {"aot", sigmoid, ORDER_MARGINS, SMOOTHS, PLAIN},
    [LOSS_AOT_UNPAIRED] = {"aot_unpaired", sigmoid, ORDER_SIDES, SMOOTHS, PLAIN},
    [LOSS_APO_ZERO] = {"apo_zero", apo_zero, ORDER_PAIRS, PLAIN, PLAIN},
    [LOSS_APO_DOWN] = {"apo_down", apo_down, ORDER_PAIRS, PLAIN, PLAIN},
    [LOSS_DISCOPOP] = {"discopop", discopop, ORDER_PAIRS, PLAIN, DIVERGES},
    [LOSS_SFT] = {"sft", NULL, ORDER_PAIRS, PLAIN, PLAIN},
    [LOSS_SIGMOID_NORM] = {"sigmoid_norm", sigmoid_norm, ORDER_PAIRS, PLAIN, DIVERGES},
};
