#include "control/kl.h"

#include "control/state.h"
#include "control/words.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define BETA_RAISE 1.5
#define RATE_FLOOR 1e-6 /* 20 times halved: smaller steps change nothing worth having */

static const struct state_field fields[] = {
    STATE_FIELD(struct kl_control, violations), STATE_FIELD(struct kl_control, rate_factor),
    STATE_FIELD(struct kl_control, marked),     STATE_FIELD(struct kl_control, mark_step),
    STATE_FIELD(struct kl_control, mark_kl),    STATE_FIELD(struct kl_control, mark_beta),
    STATE_FIELD(struct kl_control, mark_factor)};

void kl_init(struct kl_control *control, double limit)
{
    *control = (struct kl_control){.limit = limit, .rate_factor = 1};
}

/* Each way to act: false, with the reason among the words, where it would change nothing. */

static bool stop(struct kl_control *control, struct beta *beta, struct kl_decision *decision)
{
    (void)control, (void)beta;
    words_add(decision, "stop");
    return true;
}

static bool halve_rate(struct kl_control *control, struct beta *beta, struct kl_decision *decision)
{
    (void)beta;
    if (control->rate_factor < RATE_FLOOR) {
        words_add(decision, "learning rates are times %.4g already; ", control->rate_factor);
        return false;
    }
    decision->before = control->rate_factor;
    control->rate_factor /= 2;
    decision->after = control->rate_factor;
    words_add(decision, "halve-lr: learning rates are times %.4g -> %.4g", decision->before,
              decision->after);
    return true;
}

static bool raise_beta(struct kl_control *control, struct beta *beta, struct kl_decision *decision)
{
    const double before = beta->now;

    (void)control;
    if (!beta_scale(beta, decision->step, BETA_RAISE)) {
        words_add(decision, "beta is at its bound of %.4g; ", before);
        return false;
    }
    decision->before = before;
    decision->after = beta->now;
    words_add(decision, "raise-beta: beta %.4g -> %.4g", decision->before, decision->after);
    return true;
}

static bool roll_back(struct kl_control *control, struct beta *beta, struct kl_decision *decision)
{
    if (!control->marked) {
        decision->action = KL_STOP;
        words_add(decision, "no checkpoint is under the limit to go back to; stop");
        return true;
    }
    if (control->mark_factor == control->rate_factor) {
        words_add(decision,
                  "a rollback to step %" PRIu64
                  " would repeat the same steps, for the learning rate was "
                  "not halved since; ",
                  control->mark_step);
        return false;
    }
    control->mark_factor = control->rate_factor;
    decision->back_to = control->mark_step;
    decision->before = beta->now;
    decision->after = control->mark_beta;
    beta_restore(beta, control->mark_step, control->mark_beta);
    words_add(decision, "rollback: to step %" PRIu64 " with KL %.4g, beta %.4g -> %.4g",
              control->mark_step, control->mark_kl, decision->before, decision->after);
    return true;
}

static const struct {
    const char *name;
    bool (*act)(struct kl_control *control, struct beta *beta, struct kl_decision *decision);
} table[KL_ACTIONS] = {
    [KL_STOP] = {"stop", stop},
    [KL_HALVE_RATE] = {"halve-lr", halve_rate},
    [KL_RAISE_BETA] = {"raise-beta", raise_beta},
    [KL_ROLLBACK] = {"rollback", roll_back},
};

const char *kl_action_name(enum kl_action action)
{
    return table[action].name;
}

bool kl_add_action(struct kl_control *control, const char *name, struct err *err)
{
    if (control->count == KL_ACTION_LIMIT)
        return err_set(err, "'--on-kl %.40s' is one action more than %d", name, KL_ACTION_LIMIT);
    for (enum kl_action action = 0; action < KL_ACTIONS; action++) {
        if (strcmp(name, table[action].name) != 0) continue;
        control->actions[control->count++] = action;
        return true;
    }
    return err_set(err, "'--on-kl %.40s' is none of stop, halve-lr, raise-beta, rollback", name);
}

/* Tries the actions from this violation's on, each kind once. */
static enum kl_action take_action(struct kl_control *control, struct beta *beta,
                                  struct kl_decision *decision)
{
    size_t at = control->violations < control->count ? (size_t)control->violations : control->count;
    bool tried[KL_ACTIONS] = {false};

    for (size_t i = at ? at - 1 : 0; i < control->count; i++) {
        decision->action = control->actions[i];
        if (tried[decision->action]) continue;
        tried[decision->action] = true;
        if (table[decision->action].act(control, beta, decision)) return decision->action;
    }
    stop(control, beta, decision);
    return KL_STOP;
}

bool kl_check(struct kl_control *control, struct beta *beta, uint64_t step, double kl,
              struct kl_decision *decision)
{
    if (!(control->limit > 0) || kl <= control->limit) return false;
    *decision = (struct kl_decision){.step = step, .kl = kl, .limit = control->limit};
    decision->violation = ++control->violations;
    if (isnan(kl))
        words_add(decision, "step %" PRIu64 ": KL is not a number (violation %" PRIu64 "): ", step,
                  decision->violation);
    else
        words_add(decision,
                  "step %" PRIu64 ": KL %.4g is over the limit of %.4g (violation %" PRIu64 "): ",
                  step, kl, control->limit, decision->violation);
    decision->action = take_action(control, beta, decision);
    return true;
}

bool kl_check_last(const struct kl_control *control, uint64_t step, double kl, struct err *err)
{
    if (!(control->limit > 0) || kl <= control->limit) return true;
    return err_set(err,
                   "the result does not keep the KL limit of %.4g: its KL is %.4g, at step "
                   "%" PRIu64,
                   control->limit, kl, step);
}

void kl_mark(struct kl_control *control, const struct beta *beta, uint64_t step, double kl)
{
    if (!(control->limit > 0) || !(kl <= control->limit)) return;
    control->marked = true;
    control->mark_step = step;
    control->mark_kl = kl;
    control->mark_beta = beta->now;
    control->mark_factor = control->rate_factor;
}

bool kl_may_roll_back(const struct kl_control *control)
{
    for (size_t i = 0; i < control->count; i++)
        if (control->actions[i] == KL_ROLLBACK) return true;
    return false;
}

bool kl_only_repeats(const struct kl_control *control)
{
    for (size_t i = 0; i < control->count; i++) {
        if (control->actions[i] == KL_ROLLBACK) return true;
        if (control->actions[i] == KL_HALVE_RATE) return false;
    }
    return false;
}

json_t *kl_save(const struct kl_control *control)
{
    return state_save(control, fields, sizeof fields / sizeof *fields);
}

bool kl_load(struct kl_control *control, const json_t *saved, struct err *err)
{
    struct kl_control loaded = *control;

    if (!state_load(&loaded, fields, sizeof fields / sizeof *fields, saved, err)) return false;
    if (!(loaded.rate_factor > 0 && loaded.rate_factor <= 1))
        return err_set(err, "'rate_factor' is %g: it is above 0 and 1 at most", loaded.rate_factor);
    *control = loaded;
    return true;
}
