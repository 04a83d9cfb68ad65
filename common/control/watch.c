#include "control/watch.h"

#include "control/state.h"
#include "control/words.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define NORM_HIGH 10
#define NORM_LOW 1e-3
#define SPIKE_FACTOR 3
#define SPIKE_FLOOR 0.1
#define MEAN_UPDATES 10
#define MEAN_ENOUGH 5 /* updates before the mean is compared with */
#define START_NEAR 0.01
#define CHOSEN_SHARE 0.1
#define MARGIN_HIGH 10
#define FLAT_BELOW 1 /* nats */
#define FLAT_WITHIN 0.1
#define KL_SHARE 0.8
#define QUIET_LEAST 10 /* updates */

static const struct state_field fields[] = {
    STATE_FIELD(struct watch, start),       STATE_FIELD(struct watch, mean),
    STATE_FIELD(struct watch, seen),        STATE_FIELD(struct watch, sum),
    STATE_FIELD(struct watch, summed),      STATE_FIELD(struct watch, evaluations),
    STATE_FIELD(struct watch, eval_losses), STATE_FIELD(struct watch, losses),
    STATE_FIELD(struct watch, margins),     STATE_FIELD(struct watch, margin_steps),
    STATE_FIELD(struct watch, active),      STATE_FIELD(struct watch, said),
    STATE_FIELD(struct watch, said_step),
};

struct moment {
    uint64_t step;
    double loss, norm;                   /* of an update */
    const struct evaluation *evaluation; /* or this */
    struct warning *warning;             /* whose words a test adds to */
};

/* Each test: does it hold now? Then with the words for it. */

static bool gradient_explodes(const struct watch *watch, const struct moment *moment)
{
    (void)watch;
    return moment->norm > NORM_HIGH &&
           words_add(moment->warning,
                     "gradient norm %.4g explodes, above %d: lower --learning-rate "
                     "or --max-grad-norm",
                     moment->norm, NORM_HIGH);
}

static bool gradient_vanishes(const struct watch *watch, const struct moment *moment)
{
    (void)watch;
    return moment->norm < NORM_LOW &&
           words_add(moment->warning,
                     "gradient norm %.4g vanishes, below %g: nothing is learned any "
                     "more; fewer --epochs where the margin is large, else look at the pairs",
                     moment->norm, NORM_LOW);
}

static bool loss_spikes(const struct watch *watch, const struct moment *moment)
{
    return watch->seen >= MEAN_ENOUGH && watch->mean > 0 &&
           moment->loss > SPIKE_FACTOR * watch->mean && moment->loss > watch->mean + SPIKE_FLOOR &&
           words_add(moment->warning,
                     "loss %.4g spikes, its mean was %.4g: lower --learning-rate, "
                     "--gradient-accumulation 8, --max-grad-norm 0.5 or a longer --warmup-steps",
                     moment->loss, watch->mean);
}

/* The mean of which this is the last update. */
static bool does_not_converge(const struct watch *watch, const struct moment *moment)
{
    return (double)moment->step >= 0.2 * (double)watch->total && watch->seen >= MEAN_ENOUGH &&
           fabs(watch->mean - watch->start) < START_NEAR &&
           words_add(
               moment->warning,
               "loss %.4g is still where it started, at %.4g: --learning-rate three times as high, "
               "then a third of it; one prompt format for all; for pairs a lower --beta, and those "
               "of higher consensus",
               watch->mean, watch->start);
}

static bool overfits(const struct watch *watch, const struct moment *moment)
{
    const double *at = watch->eval_losses, *losses = watch->losses;

    return watch->evaluations >= WATCH_HISTORY && at[0] > at[1] && at[1] > at[2] &&
           losses[0] < losses[2] &&
           words_add(moment->warning,
                     "evaluation loss rose twice, %.4g to %.4g, while training loss "
                     "fell, %.4g to %.4g: fewer --epochs (more than 3 may overfit) or "
                     "--early-stopping 2",
                     at[2], at[0], losses[2], losses[0]);
}

static bool chosen_falls(const struct watch *watch, const struct moment *moment)
{
    const double now = moment->evaluation->chosen, was = moment->evaluation->reference_chosen;

    (void)watch;
    return was - now > CHOSEN_SHARE * fabs(was) &&
           words_add(moment->warning,
                     "chosen answers fall, too, log-probability %.4g to %.4g: "
                     "--loss sigmoid+0.2*sft or --loss apo_zero holds them up",
                     was, now);
}

static bool margin_explodes(const struct watch *watch, const struct moment *moment)
{
    (void)watch;
    return moment->evaluation->margin > MARGIN_HIGH &&
           words_add(moment->warning,
                     "margin %.4g explodes, above %d: the model may babble; lower "
                     "--learning-rate (5e-6 to 5e-5 with LoRA), fewer --epochs, --kl-limit 0.1",
                     moment->evaluation->margin, MARGIN_HIGH);
}

static bool accuracy_is_early(const struct watch *watch, const struct moment *moment)
{
    return moment->evaluation->accuracy >= 1 && (double)moment->step < 0.5 * (double)watch->total &&
           words_add(
               moment->warning,
               "accuracy is 1 already, before half of the updates: the pairs are easy to "
               "tell apart, by length or form perhaps; fewer --epochs, lower --learning-rate");
}

static bool margin_is_flat(const struct watch *watch, const struct moment *moment)
{
    const double *margins = watch->margins;
    double low = margins[0], high = margins[0];

    if (watch->evaluations < WATCH_HISTORY ||
        watch->margin_steps[WATCH_HISTORY - 1] < (double)watch->warmup)
        return false;
    for (size_t i = 0; i < WATCH_HISTORY; i++) {
        if (!isfinite(margins[i])) return false;
        low = fmin(low, margins[i]);
        high = fmax(high, margins[i]);
    }
    return high < FLAT_BELOW && high - low < FLAT_WITHIN &&
           words_add(
               moment->warning,
               "margin stays flat, at %.4g in %d evaluations: clearer pairs "
               "(dpo-filter --min-gap 0.15), --beta 0.08, a higher --learning-rate with care, "
               "more --epochs",
               moment->evaluation->margin, WATCH_HISTORY);
}

static bool kl_is_near(const struct watch *watch, const struct moment *moment)
{
    const double kl = moment->evaluation->kl;

    return kl > KL_SHARE * watch->kl_limit && kl <= watch->kl_limit &&
           words_add(moment->warning,
                     "KL %.4g is near the limit of %.4g: raise --beta or lower "
                     "--learning-rate",
                     kl, watch->kl_limit);
}

static const struct {
    const char *name;
    bool (*test)(const struct watch *watch, const struct moment *moment);
} table[WATCH_KINDS] = {
    [WATCH_GRADIENT_EXPLODES] = {"gradient-explodes", gradient_explodes},
    [WATCH_GRADIENT_VANISHES] = {"gradient-vanishes", gradient_vanishes},
    [WATCH_LOSS_SPIKE] = {"loss-spike", loss_spikes},
    [WATCH_NO_CONVERGENCE] = {"no-convergence", does_not_converge},
    [WATCH_OVERFITTING] = {"overfitting", overfits},
    [WATCH_CHOSEN_FALLS] = {"chosen-falls", chosen_falls},
    [WATCH_MARGIN_EXPLODES] = {"margin-explodes", margin_explodes},
    [WATCH_ACCURACY_EARLY] = {"accuracy-early", accuracy_is_early},
    [WATCH_MARGIN_FLAT] = {"margin-flat", margin_is_flat},
    [WATCH_KL_NEAR] = {"kl-near", kl_is_near},
};

static bool may_speak(const struct watch *watch, enum watch_kind kind, uint64_t step)
{
    const uint64_t tenth = watch->total / 10, quiet = tenth > QUIET_LEAST ? tenth : QUIET_LEAST;

    return !watch->active[kind] && (!watch->said[kind] || step >= watch->said_step[kind] + quiet);
}

static void look(struct watch *watch, enum watch_kind kind, const struct moment *moment,
                 struct warnings *warnings)
{
    struct warning warning = {.kind = table[kind].name};
    struct moment here = *moment;

    here.warning = &warning;
    words_add(&warning, "step %" PRIu64 ": ", moment->step);
    if (!table[kind].test(watch, &here)) {
        watch->active[kind] = false;
    } else if (may_speak(watch, kind, moment->step)) {
        watch->active[kind] = watch->said[kind] = true;
        watch->said_step[kind] = moment->step;
        warning_add(warnings, warning.kind, "%s", warning.words);
    }
}

void watch_init(struct watch *watch, uint64_t total, uint64_t warmup, double kl_limit, double start)
{
    *watch = (struct watch){.total = total, .warmup = warmup, .kl_limit = kl_limit, .start = start};
}

void watch_update(struct watch *watch, uint64_t step, double loss, double norm,
                  struct warnings *warnings)
{
    const struct moment moment = {.step = step, .loss = loss, .norm = norm};

    if (!isfinite(loss)) return;
    if (isnan(watch->start)) watch->start = loss;
    look(watch, WATCH_GRADIENT_EXPLODES, &moment, warnings);
    look(watch, WATCH_GRADIENT_VANISHES, &moment, warnings);
    look(watch, WATCH_LOSS_SPIKE, &moment, warnings);
    watch->seen++;
    watch->mean +=
        (loss - watch->mean) / (double)(watch->seen < MEAN_UPDATES ? watch->seen : MEAN_UPDATES);
    watch->sum += loss;
    watch->summed++;
    look(watch, WATCH_NO_CONVERGENCE, &moment, warnings);
}

static void remember(double history[WATCH_HISTORY], double value)
{
    memmove(history + 1, history, (WATCH_HISTORY - 1) * sizeof *history);
    history[0] = value;
}

void watch_evaluation(struct watch *watch, const struct evaluation *evaluation,
                      struct warnings *warnings)
{
    const struct moment moment = {.step = evaluation->step, .evaluation = evaluation};

    remember(watch->eval_losses, evaluation->loss);
    remember(watch->losses, watch->summed ? watch->sum / (double)watch->summed : NAN);
    remember(watch->margins, evaluation->margin / evaluation->beta);
    remember(watch->margin_steps, (double)evaluation->step);
    watch->sum = 0;
    watch->summed = 0;
    watch->evaluations++;
    for (enum watch_kind kind = WATCH_OVERFITTING; kind < WATCH_KINDS; kind++)
        look(watch, kind, &moment, warnings);
}

void watch_rewind(struct watch *watch)
{
    watch->mean = watch->sum = 0;
    watch->seen = watch->summed = watch->evaluations = 0;
}

json_t *watch_save(const struct watch *watch)
{
    return state_save(watch, fields, sizeof fields / sizeof *fields);
}

bool watch_load(struct watch *watch, const json_t *saved, struct err *err)
{
    struct watch loaded = *watch;

    if (!state_load(&loaded, fields, sizeof fields / sizeof *fields, saved, err)) return false;
    *watch = loaded;
    return true;
}
