#include "train/trainer.h"

#include "train/trainer_parts.h"

#include <math.h>

double trainer_epoch(const struct trainer *trainer)
{
    return feed_epochs(&trainer->updater->feed, trainer->memory.step);
}

static void show_progress(struct trainer *trainer, const struct update *update)
{
    struct train_progress progress = {.step = trainer->memory.step,
                                      .total = trainer->schedule.total,
                                      .epoch = trainer_epoch(trainer),
                                      .loss = update->loss,
                                      .rate = trainer->rate,
                                      .norm = update->norm,
                                      .margin = NAN,
                                      .accuracy = NAN,
                                      .kl = trainer->memory.last_kl,
                                      .tokens = update->tokens};

    tally_mean(&update->tally, TALLY_MARGIN, &progress.margin);
    tally_mean(&update->tally, TALLY_REWARD_ACCURACY, &progress.accuracy);
    trainer->talk.updated(trainer->talk.context, &progress);
}

void trainer_warn(struct trainer *trainer, const struct warnings *warnings)
{
    for (size_t i = 0; i < warnings->count; i++)
        trainer->talk.say(trainer->talk.context, TRAIN_WARNING, warnings->items[i].words);
}

static double rate_of(const struct trainer *trainer)
{
    if (trainer->schedule.kind == SCHEDULE_REDUCE_LR_ON_PLATEAU)
        return trainer->memory.plateau.rate;
    return schedule_rate(&trainer->schedule, trainer->memory.step);
}

static bool run_update(struct trainer *trainer, struct err *err)
{
    struct train_memory *memory = &trainer->memory;
    struct warnings warnings = {0};
    struct update update;

    trainer->updater->pass.loss.beta = memory->beta.now;
    trainer->rate = rate_of(trainer) * memory->kl.rate_factor;
    if (!updater_run(trainer->updater, memory->step, trainer->rate, &update, err))
        return err_prefix(err, "update %llu", (unsigned long long)memory->step + 1);
    trainer->norm = update.norm;
    memory->step++;
    memory->tokens += update.tokens;
    memory->loss_sum += update.loss;
    memory->recent++;
    memory->recent_loss += update.loss;
    tally_merge(&memory->tally, &update.tally);
    show_progress(trainer, &update);
    watch_update(&memory->watch, memory->step, update.loss, update.norm, &warnings);
    trainer_warn(trainer, &warnings);
    return true;
}

/* Does step divide into intervals of so many? Never, of none. */
static bool is_due(const struct trainer *trainer, size_t interval)
{
    return interval > 0 && trainer->memory.step % interval == 0;
}

static bool is_last(const struct trainer *trainer)
{
    return trainer->memory.step >= trainer->schedule.total;
}

static bool write_log(struct trainer *trainer, struct err *err)
{
    struct train_memory *memory = &trainer->memory;

    if (!is_due(trainer, trainer->settings->logging_steps) &&
        !(trainer->settings->logging_first && memory->step == 1))
        return true;
    if (!logbook_update(&trainer->logbook, memory, trainer_epoch(trainer), trainer->rate,
                        trainer->norm, err))
        return false;
    trainer->talk.logged(trainer->talk.context, &trainer->logbook.entry);
    memory->recent = 0;
    memory->recent_loss = 0;
    memory->tally = (struct tally){0};
    return true;
}

/* What is due after an update. */
static bool follow_up(struct trainer *trainer, struct err *err)
{
    const struct train_settings *settings = trainer->settings;
    struct assessment assessment = {0};

    if (!write_log(trainer, err)) return false;
    if (trainer->evaluator && (is_due(trainer, settings->eval_steps) || is_last(trainer)) &&
        !trainer_assess(trainer, &assessment, err))
        return false;
    trainer->stopped = trainer->talk.stop(trainer->talk.context);
    if (assessment.rolled_back) return true;
    if (assessment.end != TRAIN_GOES_ON)
        trainer->memory.end = assessment.end;
    else if (is_last(trainer))
        trainer->memory.end = TRAIN_DONE;
    if (trainer->stopped || assessment.keep || is_due(trainer, settings->save_steps) ||
        (settings->save_steps > 0 && trainer->memory.end != TRAIN_GOES_ON))
        return trainer_save(trainer, assessment.measured ? trainer->memory.last_kl : NAN, err);
    return true;
}

bool trainer_run(struct trainer *trainer, enum train_end *end, struct err *err)
{
    struct train_memory *memory = &trainer->memory;

    while (memory->end == TRAIN_GOES_ON) {
        if (!run_update(trainer, err) || !follow_up(trainer, err)) return false;
        if (trainer->stopped && memory->end == TRAIN_GOES_ON) {
            *end = TRAIN_STOPPED;
            return true;
        }
    }
    *end = (enum train_end)memory->end;
    trainer->log_end = trainer->logbook.log.file.len;
    if (!logbook_end(&trainer->logbook, memory, trainer_epoch(trainer), err)) return false;
    trainer->talk.logged(trainer->talk.context, &trainer->logbook.entry);
    return logbook_sync(&trainer->logbook, err);
}
