#include "control/beta.h"

#include "control/state.h"
#include "control/words.h"

#include <inttypes.h>
#include <math.h>

#define GROW 1.1
#define SHRINK 0.9

static const struct state_field fields[] = {
    STATE_FIELD(struct beta, now),
    STATE_FIELD(struct beta, changed),
    STATE_FIELD(struct beta, changed_step),
};

void beta_init(struct beta *beta, double first, double target, uint64_t warmup)
{
    *beta = (struct beta){.first = first, .target = target, .warmup = warmup, .now = first};
}

static double bounded(const struct beta *beta, double value)
{
    return fmin(fmax(value, beta->first / BETA_SPAN), beta->first * BETA_SPAN);
}

bool beta_scale(struct beta *beta, uint64_t step, double factor)
{
    const double before = beta->now;

    beta->now = bounded(beta, before * factor);
    if (beta->now == before) return false;
    beta->changed = true;
    beta->changed_step = step;
    return true;
}

void beta_restore(struct beta *beta, uint64_t step, double value)
{
    beta->now = bounded(beta, value);
    beta->changed_step = step;
}

bool beta_follow(struct beta *beta, uint64_t step, double kl, struct beta_change *change)
{
    const bool above = kl > beta->target, below = kl < beta->target / 2;

    if (!(beta->target > 0) || step < beta->warmup || !(above || below)) return false;
    if (beta->changed && beta->changed_step == step) return false;
    change->before = beta->now;
    if (!beta_scale(beta, step, above ? GROW : SHRINK)) return false;
    change->after = beta->now;
    change->words[0] = '\0';
    words_add(change, "step %" PRIu64 ": KL %.4g is %s the target of %.4g: beta %.4g -> %.4g", step,
              kl, above ? "above" : "below half of", beta->target, change->before, change->after);
    return true;
}

json_t *beta_save(const struct beta *beta)
{
    return state_save(beta, fields, sizeof fields / sizeof *fields);
}

bool beta_load(struct beta *beta, const json_t *saved, struct err *err)
{
    struct beta loaded = *beta;

    if (!state_load(&loaded, fields, sizeof fields / sizeof *fields, saved, err)) return false;
    if (!(loaded.now >= beta->first / BETA_SPAN && loaded.now <= beta->first * BETA_SPAN))
        return err_set(err, "beta is %g: it stays between %g and %g", loaded.now,
                       beta->first / BETA_SPAN, beta->first * BETA_SPAN);
    *beta = loaded;
    return true;
}
