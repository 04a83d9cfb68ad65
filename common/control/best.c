#include "control/best.h"

#include "control/state.h"
#include "control/words.h"

#include <inttypes.h>
#include <math.h>

static const struct {
    const char *name, *word;
    double sign; /* of better */
} table[BEST_KINDS] = {
    [BEST_MARGIN] = {"eval_rewards/margins", "margin", 1},
    [BEST_ACCURACY] = {"eval_rewards/accuracies", "accuracy", 1},
    [BEST_LOSS] = {"eval_loss", "evaluation loss", -1},
};

static const struct state_field fields[] = {
    STATE_FIELD(struct best, found),
    STATE_FIELD(struct best, step),
    STATE_FIELD(struct best, metric),
    STATE_FIELD(struct best, beta),
    STATE_FIELD(struct best, kl),
    STATE_FIELD(struct best, waited),
    STATE_FIELD(struct best, measured),
    STATE_FIELD(struct best, lowest_kl),
    STATE_FIELD(struct best, lowest_kl_step),
};

const char *best_metric_name(enum best_by by)
{
    return table[by].name;
}

void best_init(struct best *best, enum best_by by, double kl_limit, uint64_t patience,
               double threshold)
{
    *best =
        (struct best){.by = by, .kl_limit = kl_limit, .patience = patience, .threshold = threshold};
}

static double metric_of(enum best_by by, const struct evaluation *evaluation)
{
    return by == BEST_MARGIN     ? evaluation->margin
           : by == BEST_ACCURACY ? evaluation->accuracy
                                 : evaluation->loss;
}

/* The best value as it would be at this evaluation's beta. */
static double best_at(const struct best *best, double beta)
{
    if (best->by != BEST_MARGIN || best->beta == beta) return best->metric;
    return best->metric / best->beta * beta;
}

static void see_kl(struct best *best, const struct evaluation *evaluation)
{
    if (isnan(evaluation->kl) || (best->measured && evaluation->kl >= best->lowest_kl)) return;
    best->measured = true;
    best->lowest_kl = evaluation->kl;
    best->lowest_kl_step = evaluation->step;
}

/* Does the evaluation count? If not, the words say why. */
static bool counts(const struct best *best, const struct evaluation *evaluation,
                   struct best_verdict *verdict)
{
    const double metric = metric_of(best->by, evaluation);

    words_add(verdict, "step %" PRIu64 ": %s ", evaluation->step, table[best->by].word);
    if (!isfinite(metric)) {
        words_add(verdict, "is not finite: it does not count");
        return false;
    }
    words_add(verdict, "%.4g ", metric);
    if (!(best->kl_limit > 0) || evaluation->kl <= best->kl_limit) return true;
    if (isnan(evaluation->kl))
        words_add(verdict, "does not count: KL is not a number");
    else
        words_add(verdict, "does not count: KL %.4g is over the limit of %.4g", evaluation->kl,
                  best->kl_limit);
    return false;
}

void best_take(struct best *best, const struct evaluation *evaluation, struct best_verdict *verdict)
{
    const double metric = metric_of(best->by, evaluation), sign = table[best->by].sign;
    const double last = best->found ? best_at(best, evaluation->beta) : 0;
    bool enough = false; /* for early stopping */

    *verdict = (struct best_verdict){0};
    verdict->improved = counts(best, evaluation, verdict);
    see_kl(best, evaluation);
    if (verdict->improved && best->found) {
        verdict->improved = sign * metric > sign * last;
        enough = verdict->improved && fabs(metric - last) > best->threshold;
        words_add(verdict, "is %s than %.4g of step %" PRIu64,
                  verdict->improved ? "better" : "no better", last, best->step);
    } else if (verdict->improved) {
        enough = true;
        words_add(verdict, "is the first that counts");
    }
    best->waited = enough ? 0 : best->waited + 1;
    verdict->stop = best->patience > 0 && best->waited >= best->patience;
    if (best->patience > 0 && !enough)
        words_add(verdict, "; %" PRIu64 " of %" PRIu64 " evaluations without improvement%s",
                  best->waited, best->patience, verdict->stop ? ": the run stops early" : "");
    if (!verdict->improved) return;
    best->found = true;
    best->step = evaluation->step;
    best->metric = metric;
    best->beta = evaluation->beta;
    best->kl = evaluation->kl;
}

bool best_check(const struct best *best, struct err *err)
{
    if (best->found) return true;
    if (!(best->kl_limit > 0))
        return err_set(err, "no evaluation has a finite %s", table[best->by].word);
    if (!best->measured) return err_set(err, "no evaluation has a KL");
    if (best->lowest_kl <= best->kl_limit)
        return err_set(err, "no evaluation with a KL of %.4g at most has a finite %s",
                       best->kl_limit, table[best->by].word);
    return err_set(err,
                   "no evaluation kept the KL limit of %.4g: the lowest KL was %.4g, at step "
                   "%" PRIu64,
                   best->kl_limit, best->lowest_kl, best->lowest_kl_step);
}

json_t *best_save(const struct best *best)
{
    return state_save(best, fields, sizeof fields / sizeof *fields);
}

bool best_load(struct best *best, const json_t *saved, struct err *err)
{
    struct best loaded = *best;

    if (!state_load(&loaded, fields, sizeof fields / sizeof *fields, saved, err)) return false;
    if (loaded.found && !isfinite(best_at(&loaded, best->by == BEST_MARGIN ? 1 : loaded.beta)))
        return err_set(err, "the best %s is not finite", table[best->by].word);
    *best = loaded;
    return true;
}
