#include "train/checkpoints.h"
#include "train/trainer_parts.h"

#include <math.h>

static bool add_event(struct trainer *trainer, const char *event, const struct figures *numbers,
                      struct err *err)
{
    if (!logbook_event(&trainer->logbook, &trainer->memory, trainer_epoch(trainer), event, numbers,
                       err))
        return false;
    trainer->talk.logged(trainer->talk.context, &trainer->logbook.entry);
    return true;
}

static bool measure(struct trainer *trainer, struct evaluated *evaluated, struct err *err)
{
    struct train_memory *memory = &trainer->memory;

    trainer->evaluator->pass.loss.beta = memory->beta.now;
    if (!evaluator_run(trainer->evaluator, evaluated, err)) return false;
    memory->evaluated = memory->step;
    memory->last_kl = evaluated->has_kl ? evaluated->kl : NAN;
    if (!logbook_evaluation(&trainer->logbook, memory, trainer_epoch(trainer), evaluated, err))
        return false;
    trainer->talk.logged(trainer->talk.context, &trainer->logbook.entry);
    return true;
}

static bool ask_samples(struct trainer *trainer, struct err *err)
{
    struct samples *samples = trainer->samples;

    if (!samples) return true;
    if (!samples_run(samples, err)) return false;
    for (size_t i = 0; i < samples->count; i++)
        if (!logbook_sample(&trainer->logbook, &trainer->memory, trainer_epoch(trainer), i,
                            &samples->items[i], err))
            return false;
    return true;
}

static struct evaluation judged(const struct trainer *trainer, const struct evaluated *evaluated)
{
    struct evaluation judged = {.step = trainer->memory.step,
                                .loss = evaluated->loss,
                                .accuracy = NAN,
                                .margin = NAN,
                                .kl = trainer->memory.last_kl,
                                .beta = trainer->memory.beta.now,
                                .chosen = NAN,
                                .reference_chosen = NAN};
    double reward;

    tally_mean(&evaluated->tally, TALLY_REWARD_ACCURACY, &judged.accuracy);
    tally_mean(&evaluated->tally, TALLY_MARGIN, &judged.margin);
    if (tally_mean(&evaluated->tally, TALLY_LOGP_CHOSEN, &judged.chosen) &&
        tally_mean(&evaluated->tally, TALLY_REWARD_CHOSEN, &reward))
        judged.reference_chosen = judged.chosen - reward / judged.beta;
    return judged;
}

/* Better than all before? And is it time to stop? */
static void compare(struct trainer *trainer, const struct evaluation *evaluation,
                    struct assessment *assessment)
{
    struct train_memory *memory = &trainer->memory;
    struct warnings warnings = {0};
    struct best_verdict verdict;

    watch_evaluation(&memory->watch, evaluation, &warnings);
    trainer_warn(trainer, &warnings);
    plateau_step(&memory->plateau, evaluation->loss);
    if (!trainer->settings->keeps_best) return;
    best_take(&memory->best, evaluation, &verdict);
    trainer->talk.say(trainer->talk.context, TRAIN_NOTE, verdict.words);
    assessment->keep |= verdict.improved;
    if (verdict.stop) assessment->end = TRAIN_EARLY;
}

static bool roll_back(struct trainer *trainer, uint64_t step, struct assessment *assessment,
                      struct err *err)
{
    uint64_t log_length;

    if (!trainer_load(trainer, step, true, &log_length, err)) return false;
    watch_rewind(&trainer->memory.watch);
    assessment->rolled_back = true;
    assessment->end = TRAIN_GOES_ON;
    if (trainer->tensorboard && !events_restart(&trainer->logbook.events, step + 1, err))
        return false;
    return trainer_save(trainer, trainer->memory.kl.mark_kl, err) &&
           checkpoints_drop_newer(trainer->run, step, err);
}

/* What is done about a KL that is over the limit. */
static bool act(struct trainer *trainer, const struct kl_decision *decision,
                struct assessment *assessment, struct err *err)
{
    struct figures numbers = {0};
    bool good;

    figures_number(&numbers, "kl", decision->kl);
    figures_number(&numbers, "limit", decision->limit);
    figures_whole(&numbers, "violation", decision->violation);
    if (decision->action == KL_HALVE_RATE || decision->action == KL_RAISE_BETA) {
        figures_number(&numbers, "before", decision->before);
        figures_number(&numbers, "after", decision->after);
    }
    if (decision->action == KL_ROLLBACK) figures_whole(&numbers, "back_to", decision->back_to);
    figures_text(&numbers, "words", decision->words);
    good = add_event(trainer, kl_action_name(decision->action), &numbers, err);
    figures_release(&numbers);
    trainer->talk.say(trainer->talk.context, TRAIN_WARNING, decision->words);
    if (decision->action == KL_STOP) assessment->end = TRAIN_LIMIT;
    return good && (decision->action != KL_ROLLBACK ||
                    roll_back(trainer, decision->back_to, assessment, err));
}

static bool follow_kl(struct trainer *trainer, struct assessment *assessment, struct err *err)
{
    struct train_memory *memory = &trainer->memory;
    struct figures numbers = {0};
    struct kl_decision decision;
    struct beta_change change;
    bool good;

    if (kl_check(&memory->kl, &memory->beta, memory->step, memory->last_kl, &decision))
        return act(trainer, &decision, assessment, err);
    assessment->keep |= memory->kl.limit > 0 && kl_may_roll_back(&memory->kl);
    if (!beta_follow(&memory->beta, memory->step, memory->last_kl, &change)) return true;
    figures_number(&numbers, "kl", memory->last_kl);
    figures_number(&numbers, "before", change.before);
    figures_number(&numbers, "after", change.after);
    figures_text(&numbers, "words", change.words);
    good = add_event(trainer, "adapt-beta", &numbers, err);
    figures_release(&numbers);
    return good;
}

bool trainer_assess(struct trainer *trainer, struct assessment *assessment, struct err *err)
{
    struct evaluated evaluated;
    struct evaluation evaluation;

    if (!measure(trainer, &evaluated, err) || !ask_samples(trainer, err)) return false;
    assessment->measured = true;
    evaluation = judged(trainer, &evaluated);
    compare(trainer, &evaluation, assessment);
    return !evaluated.has_kl || follow_kl(trainer, assessment, err);
}
